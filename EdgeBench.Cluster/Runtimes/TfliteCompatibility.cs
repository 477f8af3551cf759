using System.Collections.Frozen;
using System.Globalization;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>
/// What a runtime's library cannot run, told from a TFLite file alone, so that no device spends time on it. The versions of the operators
/// lie beside this file.
/// </summary>
public sealed class TfliteCompatibility
{
    // Which custom operators the library registers is not known where the table has none: then each is left to it.
    private readonly bool _knowsCustomOperators;
    private readonly string _library;

    private TfliteCompatibility(string runtime, string version, string library)
    {
        (Runtime, Version, _library) = (runtime, version, $"{library} {version}");
        Operators = ReadTable($"{runtime}-{version}-operators.txt");
        _knowsCustomOperators = Operators.Keys.Any(name => name.Any(char.IsAsciiLetterLower));
    }

    /// <summary>TensorFlow Lite 2.9.0; a test asks the library itself for its operators.</summary>
    public static TfliteCompatibility Tflite { get; } = new("tflite", "2.9.0", "TensorFlow Lite")
    {
        ComputesPerChannelWrongly = true,
        OverlooksImages = true,
    };

    /// <summary>LiteRT 2.3.0.</summary>
    public static TfliteCompatibility LiteRt { get; } = new("litert", "2.3.0", "LiteRT");

    /// <summary>All that are known.</summary>
    public static IReadOnlyList<TfliteCompatibility> All { get; } = [Tflite, LiteRt];

    /// <summary>The runtime whose limits these are.</summary>
    public string Runtime { get; }

    /// <summary>The version of its library; another one has other limits.</summary>
    public string Version { get; }

    /// <summary>The first and the last version of each operator that the library registers.</summary>
    internal FrozenDictionary<string, (int First, int Last)> Operators { get; }

    private bool ComputesPerChannelWrongly { get; init; }

    // Whether its XNNPACK sees nothing of an image under SAME padding where the last window ends before the image.
    private bool OverlooksImages { get; init; }

    private string Cure => $"give the runtime a newer library (edgebench runtime build {Runtime} --library FILE), or choose another runtime";

    /// <summary>Why the library cannot run a file, and what to do; null where nothing speaks against it.</summary>
    /// <param name="model">What the file asks of a runtime.</param>
    public string? ProblemOf(TfliteModel model)
    {
        var operators = model.Operators.ToList();
        var unknown = operators.Where(step => !IsKnown(step))
            .Select(Describe).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
        {
            return $"it needs {string.Join(", ", unknown)}; {_library} does not have that: {Cure}";
        }

        if (ComputesPerChannelWrongly && operators.FirstOrDefault(IsPerChannel) is { } wrong)
        {
            return $"its FULLY_CONNECTED version {wrong.Version} of '{wrong.Inputs[1]!.Name}' has int8 weights with "
                + $"{wrong.Inputs[1]!.QuantizationScales} scales, one for each channel, which {_library} computes wrongly "
                + $"without an error: convert it with one scale for all of them (per tensor), {Cure}";
        }

        return OverlooksImages && operators.FirstOrDefault(EndsBeforeImage) is { } blind
            ? $"its {blind.Name} version {blind.Version} of '{blind.Outputs[0].Name}' has SAME padding and a kernel below its stride, for "
                + $"which {_library} with XNNPACK takes the image for empty, without an error: convert the Keras model with EdgeBench, "
                + $"which pads otherwise there, {Cure}"
            : null;
    }

    private string Describe(TfliteOperator step)
    {
        var isThere = Operators.TryGetValue(step.Name, out var known);
        return step.IsCustom ? $"the custom operator {step.Name}"
            : isThere ? $"{step.Name} version {step.Version} (it has {(known.First == known.Last ? "" : $"{known.First} to ")}{known.Last})"
            : $"{step.Name} version {step.Version}";
    }

    private bool IsKnown(TfliteOperator step) => step.IsCustom && !_knowsCustomOperators
        || (Operators.TryGetValue(step.Name, out var known)
            && (step.IsCustom || (step.Version >= known.First && step.Version <= known.Last)));

    private static bool IsPerChannel(TfliteOperator step) => step.Name == "FULLY_CONNECTED"
        && step.Inputs.ElementAtOrDefault(1) is { ElementType: "INT8", QuantizationScales: > 1 };

    // A kernel of one element has no padding, which XNNPACK knows.
    private static bool EndsBeforeImage(TfliteOperator step)
    {
        const int Same = 0, Height = 1, Width = 2;
        return step.Name is "CONV_2D" or "DEPTHWISE_CONV_2D" && step.Options.GetValueOrDefault("padding", Same) == Same
            && step.Inputs is [{ Shape: { Count: 4 } image, ElementType: "FLOAT32" }, { Shape: { Count: 4 } kernel }, ..]
            && step.Outputs is [{ Shape: { Count: 4 } output }]
            && (kernel[Height] > 1 || kernel[Width] > 1)
            && (IsShort(Height, "strideH", "dilationHFactor") || IsShort(Width, "strideW", "dilationWFactor"));

        bool IsShort(int axis, string stride, string dilation) =>
            ((output[axis] - 1) * step.Options.GetValueOrDefault(stride, 1))
            + ((kernel[axis] - 1) * step.Options.GetValueOrDefault(dilation, 1)) + 1 < image[axis];
    }

    private static FrozenDictionary<string, (int First, int Last)> ReadTable(string resource)
    {
        using var table = new StreamReader(
            typeof(TfliteCompatibility).Assembly.GetManifestResourceStream(resource)!);
        return table.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(' '))
            .ToFrozenDictionary(words => words[0], words => (Number(words[1]), Number(words[2])), StringComparer.Ordinal);

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}

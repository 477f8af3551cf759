using System.Collections.Frozen;
using System.Globalization;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>
/// What TensorFlow Lite 2.9.0 cannot run, told from a file alone, so that no device spends time on it. The versions of the operators
/// lie beside this file; a test asks the library itself for them.
/// </summary>
public static class TfliteCompatibility
{
    /// <summary>The runtime whose limits these are.</summary>
    public const string Runtime = "tflite";

    /// <summary>The version of its library; another one has other limits.</summary>
    public const string Version = "2.9.0";

    private const string Cure =
        "give the runtime a newer library (edgebench runtime build tflite --library FILE), or choose another runtime";

    /// <summary>The first and the last version of each operator that the library registers.</summary>
    internal static FrozenDictionary<string, (int First, int Last)> Operators { get; } = ReadTable();

    /// <summary>Why the library cannot run a file, and what to do; null where nothing speaks against it.</summary>
    /// <param name="model">What the file asks of a runtime.</param>
    public static string? ProblemOf(TfliteModel model)
    {
        var operators = model.Operators.ToList();
        var unknown = operators.Where(step => !IsKnown(step))
            .Select(Describe).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
        {
            return $"it needs {string.Join(", ", unknown)}; TensorFlow Lite {Version} does not have that: {Cure}";
        }

        return operators.FirstOrDefault(IsComputedWrongly) is { } wrong
            ? $"its FULLY_CONNECTED version {wrong.Version} of '{wrong.Inputs[1]!.Name}' has int8 weights with "
                + $"{wrong.Inputs[1]!.QuantizationScales} scales, one for each channel, which TensorFlow Lite {Version} computes wrongly "
                + $"without an error: convert it with one scale for all of them (per tensor), {Cure}"
            : null;
    }

    private static string Describe(TfliteOperator step)
    {
        var isThere = Operators.TryGetValue(step.Name, out var known);
        return step.IsCustom ? $"the custom operator {step.Name}"
            : isThere ? $"{step.Name} version {step.Version} (it has {(known.First == known.Last ? "" : $"{known.First} to ")}{known.Last})"
            : $"{step.Name} version {step.Version}";
    }

    private static bool IsKnown(TfliteOperator step) => Operators.TryGetValue(step.Name, out var known)
        && (step.IsCustom || (step.Version >= known.First && step.Version <= known.Last));

    private static bool IsComputedWrongly(TfliteOperator step) => step.Name == "FULLY_CONNECTED"
        && step.Inputs.ElementAtOrDefault(1) is { ElementType: "INT8", QuantizationScales: > 1 };

    private static FrozenDictionary<string, (int First, int Last)> ReadTable()
    {
        using var table = new StreamReader(
            typeof(TfliteCompatibility).Assembly.GetManifestResourceStream($"tflite-{Version}-operators.txt")!);
        return table.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(' '))
            .ToFrozenDictionary(words => words[0], words => (Number(words[1]), Number(words[2])), StringComparer.Ordinal);

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}

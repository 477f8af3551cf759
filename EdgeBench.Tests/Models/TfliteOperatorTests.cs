using System.Text.Json;
using EdgeBench.Models;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Tests.Models;

/// <summary>The operators of the five models beside those of TensorFlow's own converter.</summary>
public sealed class TfliteOperatorTests(ITestOutputHelper output)
{
    /// <summary>Options of versions of operators that TFLite 2.9.0 does not know.</summary>
    private static readonly string[] NewerOptions = ["quantizedBiasType", "potScaleInt16"];

    [Theory]
    [InlineData("mobilenet_v1", 0)]
    [InlineData("mobilenet_v2", 0)]
    [InlineData("efficientnet_b0", 0)]
    [InlineData("resnet50", 12)]
    [InlineData("densenet201", 0)]
    public void They_are_the_same_with_the_same_versions_options_and_shapes(string name, int inAnotherPlace)
    {
        var entry = ModelCase.Of(Repository.Shared("fixtures", "models"), "manifest.json", $"{name}.h5");
        var ours = TfliteReader.Read(WrittenFiles.Tflite(entry.Read())).Operators.Select(Describe).ToList();
        using var document = JsonDocument.Parse(File.ReadAllBytes(Repository.Shared("fixtures", "reference", $"fusion_{name}.json")));
        var theirs = document.RootElement.EnumerateArray().Select(Describe).ToList();

        Assert.Equal(theirs.Order(StringComparer.Ordinal), ours.Order(StringComparer.Ordinal));

        // Branches that do not depend on each other: ours run in the order of Keras.
        Assert.Equal(inAnotherPlace, ours.Zip(theirs).Count(pair => pair.Item1 != pair.Item2));
    }

    [Fact]
    public void No_layer_takes_more_operators_than_tensorflow_gives_it_but_for_the_reasons_in_the_docs()
    {
        // docs/models.md, "Beside TensorFlow's converter".
        string[] withReason =
        [
            "linear", "dropouts", "softplus", "conv2d_groups", "squeeze_excite_dense", "pool3d", "transpose_valid_k2s2_relu",
            "attention_additive",
            "gru", "convlstm", "lstm_activations", "lstm_return_state", "lstm_seq2seq",
        ];
        var folder = Repository.Shared("fixtures", "layers");
        using var document = JsonDocument.Parse(File.ReadAllBytes(Repository.Shared("fixtures", "reference", "layer_ops.json")));
        var (seen, more) = (0, new List<string>());
        foreach (var entry in ModelCase.Of(folder, "manifest_k2.json").Concat(ModelCase.Of(folder, "manifest_k3.json")))
        {
            Model model;
            try
            {
                model = entry.Read();
            }
            catch (ModelNotAcceptedException)
            {
                continue;
            }

            var ours = TfliteReader.Read(WrittenFiles.Tflite(model)).Operators.Select(step => step.Name).ToList();
            var theirs = document.RootElement.GetProperty(entry.Name).GetProperty("tflite").GetProperty("ops").EnumerateArray()
                .Select(step => step.GetString()!).ToList();
            seen++;
            if (ours.Count > theirs.Count)
            {
                output.WriteLine($"{entry.Name}: {string.Join(' ', ours)} where TensorFlow has {string.Join(' ', theirs)}");
                more.Add(entry.Name);
            }
        }

        Assert.True(seen > 0);
        Assert.All(more, name => Assert.Contains(withReason, reason => name.Contains(reason, StringComparison.Ordinal)));
    }

    private static string Describe(TfliteOperator step) => Describe(
        step.Name, step.Version, step.Options, [.. step.Inputs.Select(tensor => tensor!.Shape)], step.Outputs[0].Shape);

    private static string Describe(JsonElement step) => Describe(
        step.GetProperty("operator").GetString()!,
        step.GetProperty("version").GetInt32(),
        step.GetProperty("options").EnumerateObject().Where(option => !NewerOptions.Contains(option.Name))
            .ToDictionary(option => option.Name, option => Number(option.Value)),
        [.. step.GetProperty("inputs").EnumerateArray().Select(Shape)],
        Shape(step.GetProperty("outputs")[0]));

    private static string Describe(
        string name, int version, IReadOnlyDictionary<string, double> options, IReadOnlyList<int>[] inputs, IReadOnlyList<int> output)
    {
        // A window that needs no padding computes the same under both names, and the graph no longer knows which one Keras gave it.
        var counted = options.Where(option => option.Key != "padding" || !NeedsNoPadding(options, inputs, output))
            .OrderBy(option => option.Key, StringComparer.Ordinal).Select(option => $"{option.Key}={option.Value}");
        return $"{name} v{version} {string.Join(' ', counted)}: {string.Join(' ', inputs.Select(Text))} -> {Text(output)}";
    }

    private static bool NeedsNoPadding(IReadOnlyDictionary<string, double> options, IReadOnlyList<int>[] inputs, IReadOnlyList<int> output)
    {
        var (height, width) = options.TryGetValue("filterHeight", out var filterHeight)
            ? ((int)filterHeight, (int)options["filterWidth"])
            : (inputs[1][1], inputs[1][2]);
        return Fits(1, height, "H") && Fits(2, width, "W");

        bool Fits(int axis, int size, string letter)
        {
            var extent = ((size - 1) * (int)options.GetValueOrDefault($"dilation{letter}Factor", 1)) + 1;
            return ((output[axis] - 1) * (int)options[$"stride{letter}"]) + extent <= inputs[0][axis];
        }
    }

    private static double Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => value.GetDouble(),
    };

    private static IReadOnlyList<int> Shape(JsonElement tensor) =>
        [.. tensor.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];

    private static string Text(IReadOnlyList<int> shape) => $"[{string.Join(',', shape)}]";
}

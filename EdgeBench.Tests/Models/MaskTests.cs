using EdgeBench.Models;

namespace EdgeBench.Tests.Models;

/// <summary>What layers make of steps that do not count, by the version of Keras, beside a plain computation.</summary>
public sealed class MaskTests : IDisposable
{
    private const double Tolerance = 1e-6;

    private const int Steps = 4;

    private const int Features = 2;

    /// <summary>Steps that are all zeros do not count: the second, and the last.</summary>
    private static readonly float[] First = [1.5f, -2, 0, 0, -0.5f, 3, 0, 0];

    /// <summary>The third and the last do not count.</summary>
    private static readonly float[] Second = [-1, 4, 2, 0.25f, 0, 0, 0, 0];

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("Multiply", "3.10.0")]
    [InlineData("Maximum", "3.10.0")]
    [InlineData("Minimum", "3.4.1")]
    [InlineData("Multiply", "3.3.3")]
    [InlineData("Maximum", "3.0.5")]
    public void Keras_3_looks_at_masks_where_it_multiplies_or_chooses(string className, string version)
    {
        Func<float, float, float> join = className switch
        {
            "Multiply" => (x, y) => x * y,
            "Maximum" => Math.Max,
            _ => Math.Min,
        };
        var isLookedAt = version is not ("3.3.3" or "3.0.5");
        var expected = new float[Steps * Features];
        for (var i = 0; i < expected.Length; i++)
        {
            var (isFirst, isSecond) = (Counts(First, i / Features), Counts(Second, i / Features));
            expected[i] = !isLookedAt || (isFirst && isSecond) ? join(First[i], Second[i])
                : isFirst ? First[i]
                : isSecond ? Second[i]
                : 0;
        }

        var joined = Layer(className, "joined", "", Call("a", "b"));
        Check(Read(version, [Input("x"), Input("y"), Masking("a", "x"), Masking("b", "y"), joined], "joined"), expected);
    }

    [Theory]
    [InlineData("3.10.0")]
    [InlineData("3.9.2")]
    public void A_masked_softmax_is_zero_from_some_version_on_where_its_mask_leaves_nothing(string version)
    {
        float[] mask = [1, 0, 0, 0, 1, 1, 0, 1];
        var expected = new float[Steps * Features];
        for (var step = 0; step < Steps; step++)
        {
            var (left, right) = (mask[step * 2] * Math.Exp(First[step * 2]), mask[(step * 2) + 1] * Math.Exp(First[(step * 2) + 1]));
            var isEmpty = left + right == 0;
            var without = version == "3.10.0" ? 0 : 0.5f;
            expected[step * 2] = isEmpty ? without : (float)(left / (left + right));
            expected[(step * 2) + 1] = isEmpty ? without : (float)(right / (left + right));
        }

        string[] calls =
        [
            $$$"""{"args": [{{{Tensor("x")}}}], "kwargs": {"mask": {{{Tensor("y")}}} } }""",
            $$$"""{"args": [{{{Tensor("x")}}}, {{{Tensor("y")}}}], "kwargs": {} }""",
        ];
        foreach (var call in calls)
        {
            Check(Read(version, [Input("x"), Input("y"), Layer("Softmax", "s", ", \"axis\": -1", call)], "s"), expected, mask);
        }
    }

    [Fact]
    public void Sequences_that_are_joined_along_their_steps_have_all_steps_where_there_is_no_mask()
    {
        var joined = Layer("Concatenate", "joined", ", \"axis\": 1", Call("a", "y"));
        var mean = Layer("GlobalAveragePooling1D", "mean", ", \"keepdims\": false", Call("joined"));
        var model = Read("3.10.0", [Input("x"), Input("y"), Masking("a", "x"), joined, mean], "mean");
        var expected = new float[Features];
        for (var i = 0; i < Features; i++)
        {
            expected[i] = (First[i] + First[4 + i] + Enumerable.Range(0, Steps).Sum(step => Second[(step * Features) + i])) / (2 + Steps);
        }

        Check(model, expected);
    }

    private static bool Counts(float[] sequence, int step) => sequence[step * Features] != 0 || sequence[(step * Features) + 1] != 0;

    private static void Check(Model model, float[] expected, float[]? second = null) => Assert.All(
        WrittenFiles.Run(model, ([1, Steps, Features], First), ([1, Steps, Features], second ?? Second)),
        run => Assert.True(WrittenFiles.Difference(expected, run.Value[0]) <= Tolerance, $"{run.Key}: {string.Join(", ", run.Value[0])}"));

    private static string Input(string name) => $$$"""
        {"class_name": "InputLayer", "name": "{{{name}}}", "inbound_nodes": [],
         "config": {"name": "{{{name}}}", "batch_shape": [null, {{{Steps}}}, {{{Features}}}], "dtype": "float32"} }
        """;

    private static string Masking(string name, string input) => Layer("Masking", name, ", \"mask_value\": 0.0", Call(input));

    private static string Layer(string className, string name, string options, string call) => $$$"""
        {"class_name": "{{{className}}}", "name": "{{{name}}}", "config": {"name": "{{{name}}}", "trainable": true{{{options}}}},
         "inbound_nodes": [{{{call}}}]}
        """;

    private static string Tensor(string layer) =>
        $$$"""{"class_name": "__keras_tensor__", "config": {"shape": [], "dtype": "float32", "keras_history": ["{{{layer}}}", 0, 0]} }""";

    private static string Call(params string[] layers) => layers is [var only]
        ? $$$"""{"args": [{{{Tensor(only)}}}], "kwargs": {}}"""
        : $$$"""{"args": [[{{{string.Join(", ", layers.Select(Tensor))}}}]], "kwargs": {}}""";

    private Model Read(string version, IEnumerable<string> layers, string output)
    {
        File.WriteAllText(_scratch.File("model.json"), $$$"""
            {"class_name": "Functional", "keras_version": "{{{version}}}", "config": {"name": "m", "trainable": true, "layers": [
             {{{string.Join(", ", layers)}}}], "input_layers": [["x", 0, 0], ["y", 0, 0]], "output_layers": [["{{{output}}}", 0, 0]]} }
            """);
        return Model.Read(_scratch.File("model.json"), cancellationToken: TestContext.Current.CancellationToken);
    }
}

using EdgeBench.Models;

namespace EdgeBench.Tests.Models;

/// <summary>Attention of several heads with options that came late, beside a plain computation.</summary>
public sealed class AttentionTests : IDisposable
{
    private const int Steps = 4;

    private const int Features = 4;

    private const int Heads = 2;

    private const int Size = 3;

    private static readonly float[] Sequence = [.. Enumerable.Range(0, Steps * Features).Select(i => MathF.Sin(1.3f * i))];

    /// <summary>What is seen from each step: from the third nothing.</summary>
    private static readonly float[] Seen = [1, 0, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1];

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("MultiHeadAttention", "\"use_gate\": true", "", "3.15.1")]
    [InlineData("MultiHeadAttention", "\"sliding_window\": 2", "", "3.15.1")]
    [InlineData("MultiHeadAttention", "\"sliding_window\": 2", "\"use_causal_mask\": true", "3.15.1")]
    [InlineData("GroupQueryAttention", "\"use_gate\": true, \"sliding_window\": 3", "\"use_causal_mask\": true", "3.15.1")]
    [InlineData("MultiHeadAttention", "", "mask", "3.15.1")]
    [InlineData("MultiHeadAttention", "\"dropout\": 0.1", "mask", "3.11.3")]
    [InlineData("MultiHeadAttention", "\"dropout\": 0.1", "mask", "3.9.2")]
    public void Attention_computes_what_its_options_say(string className, string options, string call, string version)
    {
        var isMasked = call == "mask";
        var sizes = className == "MultiHeadAttention"
            ? $"\"num_heads\": {Heads}, \"key_dim\": {Size}, \"value_dim\": {Size}"
            : $"\"num_query_heads\": {Heads}, \"num_key_value_heads\": {Heads}, \"head_dim\": {Size}";
        var model = Read(className, $"{sizes}{(options.Length > 0 ? ", " : "")}{options}", isMasked, isMasked ? "" : call, version);
        var window = options.Contains("window\": 2", StringComparison.Ordinal) ? 2
            : options.Contains("window\": 3", StringComparison.Ordinal) ? 3
            : Steps;
        var expected = Attend(
            (query, key) => Math.Abs(query - key) < window && (!call.Contains("causal", StringComparison.Ordinal) || key <= query)
                && (!isMasked || Seen[(query * Steps) + key] == 1),
            isGated: options.Contains("use_gate", StringComparison.Ordinal),
            isZeroed: version == "3.11.3");

        Assert.All(
            WrittenFiles.Run(model, ([1, Steps, Features], Sequence), ([1, Steps, Steps], Seen)),
            run => Assert.True(WrittenFiles.Difference(expected, run.Value[0]) <= 1e-5, $"{run.Key}: {string.Join(", ", run.Value[0])}"));
    }

    /// <param name="isSeen">Whether a query sees a key.</param>
    /// <param name="isGated">Whether a sigmoid of the query multiplies what the heads give.</param>
    /// <param name="isZeroed">Whether a query that sees nothing gets nothing, and not the mean of all.</param>
    private static float[] Attend(Func<int, int, bool> isSeen, bool isGated, bool isZeroed)
    {
        var (queries, keys, values) = (Project("query"), Project("key"), Project("value"));
        var gates = isGated ? Array.ConvertAll(Project("gate"), x => 1 / (1 + Math.Exp(-x))) : null;
        var output = SyntheticArrays.Of("a/attention_output/kernel", [Heads, Size, Features]);
        var result = new double[Steps * Features];
        for (var query = 0; query < Steps; query++)
        {
            for (var head = 0; head < Heads; head++)
            {
                var keysSeen = Enumerable.Range(0, Steps).Where(key => isSeen(query, key)).ToList();
                var scores = keysSeen.ConvertAll(key => Math.Exp(Enumerable.Range(0, Size)
                    .Sum(i => queries[At(query, head, i)] * keys[At(key, head, i)]) / Math.Sqrt(Size)));
                if (keysSeen.Count == 0 && !isZeroed)
                {
                    (keysSeen, scores) = ([.. Enumerable.Range(0, Steps)], [.. Enumerable.Repeat(1.0, Steps)]);
                }

                for (var i = 0; i < Size; i++)
                {
                    var attended = keysSeen.Zip(scores, (key, score) => score / scores.Sum() * values[At(key, head, i)]).Sum()
                        * (gates?[At(query, head, i)] ?? 1);
                    for (var feature = 0; feature < Features; feature++)
                    {
                        result[(query * Features) + feature] += attended * output[(((head * Size) + i) * Features) + feature];
                    }
                }
            }
        }

        return Array.ConvertAll(result, value => (float)value);
    }

    private static int At(int step, int head, int i) => (((step * Heads) + head) * Size) + i;

    private static double[] Project(string name)
    {
        const int Width = Heads * Size;
        var kernel = SyntheticArrays.Of($"a/{name}/kernel", [Features, Heads, Size]);
        return [.. Enumerable.Range(0, Steps * Width).Select(i => Enumerable.Range(0, Features)
            .Sum(feature => Sequence[(i / Width * Features) + feature] * kernel[(feature * Width) + (i % Width)]))];
    }

    /// <summary>A layer that is called with the sequence twice and, where it is masked, with the mask by its place.</summary>
    private Model Read(string className, string options, bool isMasked, string keywords, string version)
    {
        const string Left = "null, null, null, null, ";
        var arguments = $"{Tensor("x")}, {Tensor("x")}{(isMasked ? $", {Left}{Tensor("m")}" : "")}";
        File.WriteAllText(_scratch.File("model.json"), $$$"""
            {"class_name": "Functional", "keras_version": "{{{version}}}", "config": {"name": "m", "trainable": true, "layers": [
             {{{Input("x", Features)}}}, {{{Input("m", Steps)}}},
             {"class_name": "{{{className}}}", "name": "a", "config": {"name": "a", "trainable": true, "use_bias": false, {{{options}}}},
              "inbound_nodes": [{"args": [{{{arguments}}}], "kwargs": { {{{keywords}}} }}]}],
             "input_layers": [["x", 0, 0], ["m", 0, 0]], "output_layers": [["a", 0, 0]]} }
            """);
        return Model.Read(_scratch.File("model.json"), cancellationToken: TestContext.Current.CancellationToken);
    }

    private static string Input(string name, int size) => $$$"""
        {"class_name": "InputLayer", "name": "{{{name}}}", "inbound_nodes": [],
         "config": {"name": "{{{name}}}", "batch_shape": [null, {{{Steps}}}, {{{size}}}], "dtype": "float32"} }
        """;

    private static string Tensor(string layer) =>
        $$$"""{"class_name": "__keras_tensor__", "config": {"shape": [], "dtype": "float32", "keras_history": ["{{{layer}}}", 0, 0]} }""";
}

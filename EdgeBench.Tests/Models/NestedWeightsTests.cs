using EdgeBench.Models;
using PureHDF;

namespace EdgeBench.Tests.Models;

/// <summary>Weights of a nested model in an HDF5 file: one list, in which only names tell what belongs to which layer.</summary>
public sealed class NestedWeightsTests : IDisposable
{
    private const int Features = 4;

    private const int Heads = 2;

    private const int Size = 3;

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("mha/", "query")]
    [InlineData("block/mha/", "value")]
    [InlineData("", "dense")]
    public void Attention_in_a_nested_model_finds_its_weights_by_the_names_of_its_parts(string scope, string dense)
    {
        (string Stored, string Name, int[] Shape)[] arrays =
        [
            ($"{dense}/kernel:0", $"block/{dense}/kernel", [Features, Features]),
            .. new[] { "key", "query", "value" }.Select(part =>
                ($"{scope}{part}/kernel:0", $"block/mha/{part}/kernel", (int[])[Features, Heads, Size])),
            ($"{scope}attention_output/kernel:0", "block/mha/attention_output/kernel", [Heads, Size, Features]),
        ];
        var architecture = Architecture(dense);
        var block = new H5Group();
        foreach (var (stored, name, shape) in arrays)
        {
            Add(block, stored.Split('/'), new H5Dataset(
                Array.ConvertAll(SyntheticArrays.Of(name, shape), value => (float)value), fileDims: [.. shape.Select(size => (ulong)size)]));
        }

        block.Attributes["weight_names"] = arrays.Select(array => array.Stored).ToArray();
        var weights = new H5Group { ["block"] = block };
        weights.Attributes["layer_names"] = new[] { "block" };
        var file = new H5File { ["model_weights"] = weights };
        file.Attributes["model_config"] = architecture;
        file.Attributes["keras_version"] = "2.15.0";
        file.Write(_scratch.File("model.h5"));
        File.WriteAllText(_scratch.File("model.json"), architecture);

        Assert.Equal(WrittenFiles.Onnx(Read("model.json")), WrittenFiles.Onnx(Read("model.h5")));
    }

    private static void Add(H5Group group, ReadOnlySpan<string> path, H5Dataset dataset)
    {
        if (path.Length == 1)
        {
            group[path[0]] = dataset;
            return;
        }

        if (!group.TryGetValue(path[0], out var inner))
        {
            group[path[0]] = inner = new H5Group();
        }

        Add((H5Group)inner, path[1..], dataset);
    }

    private static string Architecture(string dense) => $$$"""
        {"class_name": "Functional", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
         {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 5, {{{Features}}}]}, "inbound_nodes": []},
         {"class_name": "Functional", "name": "block", "inbound_nodes": [[["x", 0, 0, {}]]], "config": {"name": "block", "layers": [
          {"class_name": "InputLayer", "name": "i", "config": {"batch_input_shape": [null, 5, {{{Features}}}]}, "inbound_nodes": []},
          {"class_name": "Dense", "name": "{{{dense}}}", "config": {"name": "{{{dense}}}", "units": {{{Features}}}, "use_bias": false},
           "inbound_nodes": [[["i", 0, 0, {}]]]},
          {"class_name": "MultiHeadAttention", "name": "mha", "config": {"name": "mha", "num_heads": {{{Heads}}}, "key_dim": {{{Size}}},
           "use_bias": false}, "inbound_nodes": [[["{{{dense}}}", 0, 0, {"value": ["{{{dense}}}", 0, 0]}]]]}],
          "input_layers": [["i", 0, 0]], "output_layers": [["mha", 0, 0]]} }],
         "input_layers": [["x", 0, 0]], "output_layers": [["block", 0, 0]]} }
        """;

    private Model Read(string name) => Model.Read(_scratch.File(name), cancellationToken: TestContext.Current.CancellationToken);
}

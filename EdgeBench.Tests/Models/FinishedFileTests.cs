using System.IO.Compression;
using EdgeBench.Models;
using EdgeBench.Models.Onnx.Wire;
using Google.Protobuf;

namespace EdgeBench.Tests.Models;

/// <summary>What is said of <c>.onnx</c> and <c>.tflite</c> files that are handed in as they are.</summary>
public sealed class FinishedFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    [Theory]
    [InlineData("mobilenet_v1.json")]
    [InlineData("efficientnet_b0.json")]
    public void A_written_file_counts_as_many_multiply_adds_as_its_layers_in_both_formats(string name)
    {
        var model = Model.Read(Repository.PathOf("zoo", name), cancellationToken: TestContext.Current.CancellationToken);
        model.WriteOnnx(_scratch.File("model.onnx"), TestContext.Current.CancellationToken);
        model.WriteTflite(_scratch.File("model.tflite"), TestContext.Current.CancellationToken);

        Assert.All(new[] { "model.onnx", "model.tflite" }, file =>
        {
            var finished = Read(file);
            Assert.Equal((model.Macs, model.FastConvolutionMacs), (finished.Macs, finished.FastConvolutionMacs));
            Assert.Equal(finished.Flops, finished.Layers.Sum(step => step.Flops));
            Assert.Equal(finished.ProfilerFlops, finished.Layers.Sum(step => step.ProfilerFlops));
            Assert.Empty(finished.Warnings);
        });
    }

    [Theory]
    [InlineData("mobilenet_v2", 300_774_272)]
    [InlineData("efficientnet_b0", 385_814_752)]
    public void The_files_of_other_converters_count_as_many_multiply_adds_as_the_network(string name, long macs)
    {
        var folder = Repository.Shared("fixtures", "reference");

        Assert.All(new[] { "onnx", "tflite" }, format =>
        {
            using var packed = File.OpenRead(Path.Combine(folder, $"{name}.{format}.gz"));
            using var source = new GZipStream(packed, CompressionMode.Decompress);
            using (var target = File.Create(_scratch.File($"other.{format}")))
            {
                source.CopyTo(target);
            }

            Assert.Equal(macs, Read($"other.{format}").Macs);
        });
    }

    [Fact]
    public void Operators_that_are_not_known_are_said_and_no_sum_is_made_without_them()
    {
        var model = Graph(
            Node("MatMul", ["x", "w"], ["y"]), Node("Mystery", ["y"], ["z"]), Node("Softmax", ["y"], ["s"]));

        Assert.Null(model.Macs);
        Assert.Null(model.Flops);
        Assert.Contains("1 Mystery", Assert.Single(model.Warnings), StringComparison.Ordinal);
        Assert.Equal([3 * 4, null, 0], model.Layers.Select(step => step.Macs));
        Assert.Equal([2 * 3 * 4, null, 5 * 4], model.Layers.Select(step => step.Flops));
    }

    [Fact]
    public void Shapes_that_a_graph_works_out_itself_are_followed()
    {
        // What PyTorch writes for x.view(x.size(0), -1).
        var model = Graph(
            Node("Shape", ["x"], ["shape"]),
            Node("Gather", ["shape", "zero"], ["batch"], ("axis", 0)),
            Node("Unsqueeze", ["batch", "axes"], ["batches"]),
            Node("Concat", ["batches", "minus"], ["target"], ("axis", 0)),
            Node("Reshape", ["x", "target"], ["flat"]),
            Node("MatMul", ["flat", "w"], ["z"]));

        Assert.Equal([1, 3], model.Layers[4].OutputShape);
        Assert.Equal(3 * 4, model.Macs);
    }

    [Fact]
    public void A_node_that_lacks_what_it_needs_has_no_shape_and_no_cost_and_the_others_are_counted()
    {
        var model = Graph(
            Node("Unsqueeze", ["x", "axes"], ["image"]),
            Node("MaxPool", ["image"], ["pooled"]),
            Node("Shape", ["x"], ["shape"]),
            Node("Gather", ["shape"], ["batch"]),
            Node("MatMul", ["x", "w"], ["z"]));

        Assert.Equal([1, 1, 3], model.Layers[0].OutputShape);
        Assert.Null(model.Layers[1].OutputShape);
        Assert.Null(model.Layers[1].Flops);
        Assert.Equal(3 * 4, model.Layers[4].Macs);
    }

    public void Dispose() => _scratch.Dispose();

    private static NodeProto Node(string type, string[] inputs, string[] outputs, params (string Name, long Value)[] attributes)
    {
        var node = new NodeProto { OpType = type };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes.Select(attribute => new AttributeProto
        {
            Name = attribute.Name,
            I = attribute.Value,
            Type = AttributeProto.Types.AttributeType.Int,
        }));
        return node;
    }

    private static TensorProto Whole(string name, long value, params long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = 7, Int64Data = { value } };
        tensor.Dims.AddRange(shape);
        return tensor;
    }

    private static ValueInfoProto Floats(string name, params long[] shape)
    {
        var info = new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = new TensorShapeProto() } },
        };
        info.Type.TensorType.Shape.Dim.AddRange(shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return info;
    }

    /// <summary>A file with an input x of the shape (batch, 3) and a matrix w of the shape (3, 4).</summary>
    private Model Graph(params NodeProto[] nodes)
    {
        var weights = new TensorProto { Name = "w", DataType = 1, RawData = ByteString.CopyFrom(new byte[3 * 4 * sizeof(float)]) };
        weights.Dims.AddRange([3L, 4L]);
        var graph = new GraphProto { Name = "graph", Input = { Floats("x", 0, 3) }, Output = { Floats("z", 0, 4) } };
        graph.Initializer.AddRange([weights, Whole("zero", 0), Whole("axes", 0, 1), Whole("minus", -1, 1)]);
        graph.Node.AddRange(nodes);
        var model = new ModelProto { IrVersion = 7, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = 13 } } };
        File.WriteAllBytes(_scratch.File("graph.onnx"), model.ToByteArray());
        return Read("graph.onnx");
    }

    private Model Read(string file) =>
        Model.Read(_scratch.File(file), cancellationToken: TestContext.Current.CancellationToken);
}

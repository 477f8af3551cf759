using EdgeBench.Models.Containers;
using EdgeBench.Models.Costs;
using EdgeBench.Models.Onnx.Wire;
using Google.Protobuf;

namespace EdgeBench.Models.Onnx;

/// <summary>Takes a finished ONNX file as it is, and says what goes in and out.</summary>
internal static class OnnxReader
{
    private static readonly string[] ElementTypes =
    [
        "undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "float64",
        "uint32", "uint64",
        "complex64", "complex128", "bfloat16",
    ];

    /// <summary>Reads a file; null where it is no ONNX.</summary>
    /// <exception cref="ModelFileException">It is ONNX, but cannot be taken.</exception>
    public static Model? TryRead(string path, Stream stream, ModelReadOptions options, CancellationToken cancellationToken)
    {
        if (stream.Length > int.MaxValue)
        {
            return null;
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        cancellationToken.ThrowIfCancellationRequested();
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            return Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase)
                ? throw new ModelFileException("is a damaged or incomplete ONNX file; export or copy it again", e)
                : null;
        }

        if (model.Graph is not { } graph || model.IrVersion <= 0 || model.OpsetImport.Count == 0 || graph.Output.Count == 0)
        {
            return null;
        }

        if (graph.Initializer.Any(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External))
        {
            throw new ModelFileException(
                "keeps its weights in other files, which are not followed; in Python type onnx.save(onnx.load(PATH), \"model.onnx\") "
                + "and give that file");
        }

        var constants = graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var counted = Count(graph, options.InputShapes);
        return new Model(path, new ModelContent.Onnx(bytes, graph.Node.Count))
        {
            Name = graph.Name.Length > 0 ? graph.Name : Path.GetFileNameWithoutExtension(path),
            Format = ModelFormat.Onnx,
            Inputs = graph.Input.Where(input => !constants.Contains(input.Name)).Select(Describe).ToList(),
            Outputs = graph.Output.Select(Describe).ToList(),
            Layers = counted.Operators,
            Parameters = graph.Initializer.Sum(Count),
            Macs = counted.Total?.Macs,
            FastConvolutionMacs = counted.Total?.FastMacs,
            Flops = counted.Total?.Flops,
            ProfilerFlops = counted.Total?.ProfilerFlops,
            Weights = WeightsOrigin.Stored,
            Warnings = counted.Warnings,
        };
    }

    private static CountedOperators Count(GraphProto graph, IReadOnlyDictionary<string, IReadOnlyList<int>> inputShapes)
    {
        var shapes = OnnxShapes.Infer(graph, inputShapes);
        var constants = graph.Initializer.DistinctBy(tensor => tensor.Name).ToDictionary(tensor => tensor.Name, Count, StringComparer.Ordinal);
        var vectors = graph.Initializer.Where(tensor => tensor.Dims.Count <= 1).Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var products = new HashSet<string>(StringComparer.Ordinal);
        return CountedOperators.Of([.. graph.Node.Where(node => node.Output.Count > 0).Select(node =>
        {
            // A bias stands on its own behind a product that has none.
            var isBias = node.OpType == "Add" && node.Input.Any(products.Contains) && node.Input.Any(vectors.Contains);
            if (node.OpType is "MatMul" or "Conv" && node.Input.Count == 2)
            {
                products.Add(node.Output[0]);
            }

            var parameters = node.Input.Sum(input => constants.Remove(input, out var count) ? count : 0);
            var name = node.Name.Length > 0 ? node.Name : node.Output[0];
            return (new LayerSummary(name, node.OpType, shapes.Of(node.Output[0]), parameters), OnnxCosts.Of(node, shapes, isBias));
        })]);
    }

    private static long Count(TensorProto tensor)
    {
        try
        {
            return tensor.Dims.Aggregate(1L, (product, size) => checked(product * size));
        }
        catch (OverflowException e)
        {
            throw new ModelFileException($"its constant '{tensor.Name}' has an impossible shape, so it is damaged; export it again", e);
        }
    }

    private static TensorSpec Describe(ValueInfoProto tensor)
    {
        if (tensor.Type?.TensorType is not { } type)
        {
            throw new ModelFileException(
                $"its input or output '{tensor.Name}' is no tensor, which the runtimes here cannot be given; export it without maps "
                + "and sequences");
        }

        var sizes = type.Shape?.Dim.Select(size => size.DimValue is > 0 and <= int.MaxValue ? (int)size.DimValue : -1) ?? [];
        return new TensorSpec(tensor.Name, ElementTypes.ElementAtOrDefault(type.ElemType) ?? "undefined", [.. sizes]);
    }
}

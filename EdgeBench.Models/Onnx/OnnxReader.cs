using EdgeBench.Models.Containers;
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
    public static Model? TryRead(string path, Stream stream, CancellationToken cancellationToken)
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
        return new Model(path, new ModelContent.Onnx(bytes, graph.Node.Count))
        {
            Name = graph.Name.Length > 0 ? graph.Name : Path.GetFileNameWithoutExtension(path),
            Format = ModelFormat.Onnx,
            Inputs = graph.Input.Where(input => !constants.Contains(input.Name)).Select(Describe).ToList(),
            Outputs = graph.Output.Select(Describe).ToList(),
            Layers = [],
            Parameters = graph.Initializer.Sum(Count),
            Weights = WeightsOrigin.Stored,
            Warnings = [],
        };
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

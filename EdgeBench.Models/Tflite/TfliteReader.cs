using System.Text;
using EdgeBench.Models.Containers;

namespace EdgeBench.Models.Tflite;

/// <summary>Reads the structure of a <c>.tflite</c> file: TFLite's schema, version 3.</summary>
internal static class TfliteReader
{
    /// <summary>What is said of a file that does not hold together.</summary>
    public const string Damaged = "is a damaged or incomplete TFLite file; convert or copy it again";

    private const int SchemaVersion = 3;

    /// <summary>The offset of the outermost table, and the format's four letters.</summary>
    private const int HeadBytes = 8;

    /// <summary>An operator of an author's own, which has a name instead.</summary>
    private const int CustomCode = 32;

    private static readonly string[] ElementTypes =
    [
        "FLOAT32", "FLOAT16", "INT32", "UINT8", "INT64", "STRING", "BOOL", "INT16", "COMPLEX64", "INT8", "FLOAT64", "COMPLEX128",
        "UINT64", "RESOURCE", "VARIANT", "UINT32", "UINT16", "INT4", "BFLOAT16",
    ];

    /// <summary>Whether the first bytes of a file are those of TFLite.</summary>
    public static bool IsTflite(ReadOnlySpan<byte> head) => head.Length >= HeadBytes && head[4..].StartsWith("TFL3"u8);

    /// <summary>Reads a file.</summary>
    public static TfliteModel Read(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return Read(new PagedBytes(file));
        }
        catch (ModelFileException e)
        {
            throw new ModelNotAcceptedException(path, e.Message, e);
        }
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <exception cref="ModelFileException">They are no TFLite, or do not hold together.</exception>
    public static TfliteModel Read(byte[] bytes) => Read(new LoadedBytes(bytes));

    private static TfliteModel Read(FileBytes file) => IsTflite(file.At(0, Math.Min(file.Length, HeadBytes)))
        ? Read(FlatBufferTable.Root(file))
        : throw new ModelFileException("is no TFLite file");

    private static TfliteModel Read(FlatBufferTable model)
    {
        if (model.Int(0) is not SchemaVersion and var version)
        {
            throw new ModelFileException($"is a TFLite file of schema version {version}, and only {SchemaVersion} is read");
        }

        var codes = model.Tables(1);
        var buffers = model.Tables(4);
        var graphs = model.Tables(2).Select(graph => (Table: graph, Tensors: Tensors(graph, buffers))).ToList();
        return new TfliteModel(
            model.Text(3),
            graphs.Select(graph => Subgraph(graph.Table, graph.Tensors, codes)).ToList(),
            model.Tables(7).Select(signature => Signature(signature, At(graphs, signature.Int(4)).Tensors)).ToList(),
            model.Tables(6).Select(entry => (Name: entry.Text(0), Buffer: At(buffers, entry.Int(1)))).DistinctBy(entry => entry.Name)
                .ToDictionary(entry => entry.Name, entry => Encoding.UTF8.GetString(entry.Buffer.Bytes(0)).TrimEnd('\0')));
    }

    private static List<TfliteTensor> Tensors(FlatBufferTable graph, IReadOnlyList<FlatBufferTable> buffers) =>
        graph.Tables(0).Select(tensor =>
        {
            var shape = tensor.Ints(0);
            var signature = tensor.Ints(7);
            var type = tensor.Byte(1);
            return new TfliteTensor(
                tensor.Text(3),
                type < ElementTypes.Length ? ElementTypes[type] : $"TYPE_{type}",
                shape,
                signature.Count == shape.Count ? signature : shape,
                HasData(At(buffers, tensor.Int(2))),
                tensor.Table(4)?.Count(2, sizeof(float)) ?? 0);
        }).ToList();

    /// <summary>Files beyond 2 GB keep their data behind the tables, and say where.</summary>
    private static bool HasData(FlatBufferTable buffer) => buffer.Count(0, sizeof(byte)) > 0 || buffer.Int(1) > 1;

    private static TfliteSubgraph Subgraph(FlatBufferTable graph, List<TfliteTensor> tensors, IReadOnlyList<FlatBufferTable> codes) => new(
        graph.Text(4),
        graph.Ints(1).Select(index => At(tensors, index)).ToList(),
        graph.Ints(2).Select(index => At(tensors, index)).ToList(),
        graph.Tables(3).Select(step => Operator(step, tensors, At(codes, step.Int(0)))).ToList());

    private static TfliteOperator Operator(FlatBufferTable step, List<TfliteTensor> tensors, FlatBufferTable code)
    {
        var builtin = Math.Max((sbyte)code.Byte(0), code.Int(3));
        var custom = builtin == CustomCode;
        return new TfliteOperator(
            custom ? code.Text(1) : OperatorNames.Of(builtin),
            custom,
            code.Int(2, 1),
            Options(step, OperatorSchema.Of((BuiltinOperator)builtin)),
            step.Ints(1).Select(index => index == -1 ? null : At(tensors, index)).ToList(),
            step.Ints(2).Select(index => At(tensors, index)).ToList());
    }

    private static Dictionary<string, double> Options(FlatBufferTable step, OperatorSchema schema)
    {
        var options = new Dictionary<string, double>(StringComparer.Ordinal);
        if (step.Byte(3) != schema.Type || step.Table(4) is not { } table)
        {
            return options;
        }

        for (var slot = 0; slot < schema.Fields.Count; slot++)
        {
            var field = schema.Fields[slot];
            options[field.Name] = field.Kind switch
            {
                OptionKind.Int => table.Int(slot, (int)field.Default),
                OptionKind.Float => table.Float(slot, (float)field.Default),
                _ => table.Byte(slot, (byte)field.Default),
            };
        }

        return options;
    }

    private static TfliteSignature Signature(FlatBufferTable signature, List<TfliteTensor> tensors)
    {
        return new TfliteSignature(signature.Text(2), Named(0), Named(1));

        Dictionary<string, TfliteTensor> Named(int slot) => signature.Tables(slot).DistinctBy(entry => entry.Text(0))
            .ToDictionary(entry => entry.Text(0), entry => At(tensors, entry.Int(1)), StringComparer.Ordinal);
    }

    private static T At<T>(IReadOnlyList<T> list, int index) =>
        index >= 0 && index < list.Count ? list[index] : throw new ModelFileException(Damaged);
}

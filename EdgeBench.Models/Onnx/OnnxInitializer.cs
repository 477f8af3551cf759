using System.Runtime.InteropServices;
using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Onnx;

/// <summary>A constant of the file. Its bytes are made when they are written, so that weights are not held twice.</summary>
/// <param name="Name">Name of the tensor.</param>
/// <param name="DataType">Element type in ONNX's numbering.</param>
/// <param name="Dimensions">Shape.</param>
/// <param name="ByteCount">Number of bytes.</param>
/// <param name="Write">Writes exactly that many, little-endian.</param>
internal sealed record OnnxInitializer(string Name, int DataType, IReadOnlyList<long> Dimensions, long ByteCount, Action<Stream> Write)
{
    /// <summary>TensorProto.DataType.FLOAT.</summary>
    public const int Float = 1;

    /// <summary>TensorProto.DataType.INT64.</summary>
    public const int Int64 = 7;

    /// <summary>TensorProto.DataType.BOOL.</summary>
    public const int Bool = 9;

    /// <summary>A type in ONNX's numbering.</summary>
    public static int TypeOf(ElementType type) => type switch
    {
        ElementType.UInt8 => 2,
        ElementType.Int8 => 3,
        ElementType.Int32 => 6,
        ElementType.Int64 => Int64,
        ElementType.Bool => Bool,
        _ => Float,
    };

    /// <summary>A constant of the graph that is no list of floats.</summary>
    public static OnnxInitializer Wholes(string name, IReadOnlyList<long> dimensions, Value constant) => new(
        name, TypeOf(constant.Type), dimensions, constant.Count * constant.Type.Size(), stream => stream.Write(constant.WholeBytes()));

    /// <summary>Floats whose values are made on demand.</summary>
    public static OnnxInitializer Floats(string name, IReadOnlyList<long> dimensions, Func<float[]> values) => new(
        name,
        Float,
        dimensions,
        dimensions.Aggregate((long)sizeof(float), (product, size) => product * size),
        stream => stream.Write(MemoryMarshal.AsBytes(values().AsSpan())));

    /// <summary>A kernel with the channels first.</summary>
    public static OnnxInitializer Kernel(string name, IReadOnlyList<long> dimensions, Value kernel) =>
        new(name, Float, dimensions, kernel.Count * sizeof(float), stream => KernelStream.WriteChannelsFirst(stream, kernel));

    /// <summary>Whole numbers.</summary>
    public static OnnxInitializer Wholes(string name, long[] values) =>
        new(name, Int64, [values.Length], values.LongLength * sizeof(long), stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));
}

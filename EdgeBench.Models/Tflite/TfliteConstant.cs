using System.Runtime.InteropServices;
using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Tflite;

/// <summary>The values of a tensor in the file. Their bytes are made while they are written, so that weights are not held twice.</summary>
/// <param name="ByteCount">Number of bytes.</param>
/// <param name="Write">Writes exactly that many, little-endian.</param>
internal sealed record TfliteConstant(long ByteCount, Action<Stream> Write)
{
    /// <summary>Bytes as they are.</summary>
    public static TfliteConstant Bytes(byte[] bytes) => new(bytes.LongLength, stream => stream.Write(bytes));

    /// <summary>Whole numbers of 32 bits.</summary>
    public static TfliteConstant Ints(int[] values) =>
        new(values.LongLength * sizeof(int), stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));

    /// <summary>Floats in their order.</summary>
    public static TfliteConstant Floats(float[] values) =>
        new(values.LongLength * sizeof(float), stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));

    /// <summary>The values of a constant in their order.</summary>
    public static TfliteConstant Of(Value constant) => constant.Type == ElementType.Float32
        ? Floats(constant)
        : new(constant.Count * constant.Type.Size(), stream => stream.Write(constant.WholeBytes()));

    private static TfliteConstant Floats(Value constant) =>
        new(constant.Count * sizeof(float), stream => stream.Write(MemoryMarshal.AsBytes(constant.Constant.AsSpan())));

    /// <summary>Some channels out of a kernel, with these first.</summary>
    /// <param name="kernel">The kernel, with the channels out last.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="count">Number of them.</param>
    public static TfliteConstant Kernel(Value kernel, int first, int count) => new(
        kernel.Count / kernel.Shape[^1] * count * sizeof(float),
        stream => KernelStream.WriteChannelsLast(stream, kernel, first, count));
}

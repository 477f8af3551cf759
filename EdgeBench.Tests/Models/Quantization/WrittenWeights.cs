using System.Runtime.InteropServices;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Tests.Models.Quantization;

/// <summary>The weights of an operator in a TFLite file.</summary>
/// <param name="Shape">Their shape.</param>
/// <param name="Scales">Their scales.</param>
/// <param name="Axis">The axis of the channels that have scales of their own.</param>
/// <param name="Values">Their integers.</param>
internal sealed record WrittenWeights(IReadOnlyList<int> Shape, float[] Scales, int Axis, sbyte[] Values)
{
    /// <summary>The 8-bit weights of all convolutions and matrix products, in the order in which they run.</summary>
    public static IReadOnlyList<WrittenWeights> Read(byte[] file) => [.. Kernels(file).Select(kernel => new WrittenWeights(
        kernel.Tensor.Ints(0),
        [.. kernel.Tensor.Table(4)!.Ints(2).Select(BitConverter.Int32BitsToSingle)],
        kernel.Tensor.Table(4)!.Int(6),
        MemoryMarshal.Cast<byte, sbyte>(kernel.Buffer.Bytes(0)).ToArray()))];

    /// <summary>The same in floats.</summary>
    public static IReadOnlyList<float[]> ReadFloats(byte[] file) =>
        [.. Kernels(file).Select(kernel => MemoryMarshal.Cast<byte, float>(kernel.Buffer.Bytes(0)).ToArray())];

    private static IEnumerable<(FlatBufferTable Tensor, FlatBufferTable Buffer)> Kernels(byte[] file)
    {
        var model = FlatBufferTable.Root(new LoadedBytes(file));
        var (codes, buffers, graph) = (model.Tables(1), model.Tables(4), model.Tables(2)[0]);
        var tensors = graph.Tables(0);
        return graph.Tables(3).Where(step => HasWeights(codes[step.Int(0)])).Select(step => tensors[step.Ints(1)[1]])
            .Select(tensor => (tensor, buffers[tensor.Int(2)]));
    }

    private static bool HasWeights(FlatBufferTable code) => (BuiltinOperator)Math.Max((sbyte)code.Byte(0), code.Int(3))
        is BuiltinOperator.Conv2D or BuiltinOperator.DepthwiseConv2D or BuiltinOperator.FullyConnected;
}

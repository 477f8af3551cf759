using System.Collections.Frozen;

namespace EdgeBench.Models.Quantization;

/// <summary>An integer kernel of ONNX Runtime, which takes the place of a node between DequantizeLinear and QuantizeLinear.</summary>
/// <param name="Kind">What it does to its integers.</param>
/// <param name="WeightAxis">Axis of the kernel of weights (the second input) whose channels have scales of their own, counted from the
/// front, or from behind where it is negative; null where it has none.</param>
/// <param name="Result">The scale of its results where that is fixed.</param>
/// <param name="IsSlow">Whether it is so slow in floats that it is worth to make integers for it.</param>
internal sealed record OnnxKernel(
    IntegerKind Kind = IntegerKind.Computing, int? WeightAxis = null, AffineScale? Result = null, bool IsSlow = false)
    : IntegerKernel(Kind, Result, IsSlow)
{
    private static readonly FrozenDictionary<string, OnnxKernel> Known = new Dictionary<string, OnnxKernel>
    {
        ["Conv"] = new(WeightAxis: 0, IsSlow: true),
        ["Gemm"] = new(WeightAxis: -1, IsSlow: true),
        ["MatMul"] = new(WeightAxis: -1, IsSlow: true),
        ["Add"] = new(),
        ["Mul"] = new(),
        ["AveragePool"] = new(),
        ["GlobalAveragePool"] = new(),
        ["LeakyRelu"] = new(),
        ["Sigmoid"] = new(Result: Probabilities),
        ["MaxPool"] = new(IntegerKind.Choosing),
        ["Concat"] = new(IntegerKind.Moving),
        ["Flatten"] = new(IntegerKind.Moving),
        ["Gather"] = new(IntegerKind.Moving),
        ["Reshape"] = new(IntegerKind.Moving),
        ["Resize"] = new(IntegerKind.Moving),
        ["Slice"] = new(IntegerKind.Moving),
        ["Split"] = new(IntegerKind.Moving),
        ["Squeeze"] = new(IntegerKind.Moving),
        ["Transpose"] = new(IntegerKind.Moving),
        ["Unsqueeze"] = new(IntegerKind.Moving),
    }.ToFrozenDictionary();

    /// <summary>The kernel of an operator; null where there is none.</summary>
    public static OnnxKernel? Of(string type) => Known.GetValueOrDefault(type);
}

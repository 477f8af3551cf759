using System.Collections.Frozen;
using EdgeBench.Models.Tflite;
using static EdgeBench.Models.Tflite.BuiltinOperator;

namespace EdgeBench.Models.Quantization;

/// <summary>An 8-bit kernel of TFLite 2.9.0.</summary>
/// <param name="Version">The version of the operator that asks for it.</param>
/// <param name="Kind">What it does to its integers.</param>
/// <param name="Weights">Where its weights are; null where all it reads are activations.</param>
/// <param name="Result">The scale of its results where that is fixed.</param>
/// <param name="IsSlow">Whether it is so slow in floats that it is worth to make integers for it.</param>
internal sealed record TfliteKernel(
    int Version, IntegerKind Kind = IntegerKind.Computing, TfliteWeights? Weights = null, AffineScale? Result = null, bool IsSlow = false)
    : IntegerKernel(Kind, Result, IsSlow)
{
    /// <summary>From -1 to 1, 1 not reached.</summary>
    private static readonly AffineScale AroundZero = AffineScale.PerTensor(1f / 128, 0);

    private static readonly AffineScale Logarithms = AffineScale.PerTensor(16f / 256, sbyte.MaxValue);

    private static readonly FrozenDictionary<BuiltinOperator, TfliteKernel> Known = new Dictionary<BuiltinOperator, TfliteKernel>
    {
        [Conv2D] = new(3, Weights: new TfliteWeights(Input: 0, Kernel: 1, Bias: 2, Axis: 0), IsSlow: true),
        [DepthwiseConv2D] = new(3, Weights: new TfliteWeights(Input: 0, Kernel: 1, Bias: 2, Axis: 3), IsSlow: true),
        [FullyConnected] = new(4, Weights: new TfliteWeights(Input: 0, Kernel: 1, Bias: 2, Axis: null), IsSlow: true),
        [TransposeConv] = new(2, Weights: new TfliteWeights(Input: 2, Kernel: 1, Bias: 3, Axis: 0), IsSlow: true),
        [BatchMatMul] = new(2, IsSlow: true),
        [Add] = new(2),
        [Sub] = new(2),
        [Mul] = new(2),
        [Mean] = new(2),
        [PRelu] = new(1),
        [LeakyRelu] = new(2),
        [Relu] = new(2),
        [Relu6] = new(2),
        [ReluN1To1] = new(1),
        [HardSwish] = new(1),
        [BuiltinOperator.Softmax] = new(2, Result: Probabilities),
        [Logistic] = new(2, Result: Probabilities),
        [Tanh] = new(2, Result: AroundZero),
        [LogSoftmax] = new(2, Result: Logarithms),
        [AveragePool2D] = new(2, IntegerKind.Choosing),
        [MaxPool2D] = new(2, IntegerKind.Choosing),
        [ReduceMax] = new(2, IntegerKind.Choosing),
        [ReduceMin] = new(2, IntegerKind.Choosing),
        [Maximum] = new(2, IntegerKind.Choosing),
        [Minimum] = new(2, IntegerKind.Choosing),
        [ResizeBilinear] = new(2, IntegerKind.Choosing),
        [ResizeNearestNeighbor] = new(2, IntegerKind.Moving),
        [SpaceToDepth] = new(2, IntegerKind.Moving),
        [DepthToSpace] = new(2, IntegerKind.Moving),
        [Reshape] = new(1, IntegerKind.Moving),
        [Pad] = new(2, IntegerKind.Moving),
        [PadV2] = new(2, IntegerKind.Moving),
        [Transpose] = new(2, IntegerKind.Moving),
        [Concatenation] = new(2, IntegerKind.Moving),
        [Split] = new(2, IntegerKind.Moving),
        [SplitV] = new(2, IntegerKind.Moving),
        [Slice] = new(2, IntegerKind.Moving),
        [StridedSlice] = new(2, IntegerKind.Moving),
        [Pack] = new(2, IntegerKind.Moving),
        [Gather] = new(2, IntegerKind.Moving),
        [SelectV2] = new(1, IntegerKind.Moving),
    }.ToFrozenDictionary();

    /// <summary>The kernel of an operator; null where TFLite 2.9.0 has none, or a wrong one.</summary>
    public static TfliteKernel? Of(BuiltinOperator code) => Known.GetValueOrDefault(code);
}

/// <summary>Where an operator has its weights.</summary>
/// <param name="Input">Place of the activation among what it reads.</param>
/// <param name="Kernel">Place of the kernel.</param>
/// <param name="Bias">Place of the bias.</param>
/// <param name="Axis">Axis of the kernel whose channels have scales of their own; null for one scale.</param>
internal sealed record TfliteWeights(int Input, int Kernel, int Bias, int? Axis);

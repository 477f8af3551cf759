namespace EdgeBench.Models.Graphs;

/// <summary>Which of the four.</summary>
internal enum ArithmeticKind
{
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// <summary>Arithmetic of two tensors, each element with its partner; dimensions of size 1 are repeated, missing ones stand in
/// front.</summary>
internal sealed record Arithmetic(ArithmeticKind Kind) : Operation;

/// <summary>An affine map per channel: x * scale + offset. Inputs: tensor, scale (channels), offset (channels).</summary>
/// <param name="Axis">The axis of the channels.</param>
internal sealed record ScaleShift(int Axis) : Operation;

/// <summary>A function of each element.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Alpha">Slope, scale or limit, where the kind has one.</param>
/// <param name="Beta">Second parameter, where the kind has one.</param>
internal sealed record Activation(ActivationKind Kind, double Alpha = 0, double Beta = 0) : Operation;

/// <summary>Softmax over one axis, or its logarithm.</summary>
internal sealed record Softmax(int Axis, bool Logarithm = false) : Operation;

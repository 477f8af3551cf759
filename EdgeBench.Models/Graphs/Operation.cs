namespace EdgeBench.Models.Graphs;

/// <summary>What an operator does. Inputs and outputs stand at the <see cref="Operator"/>; shapes have the batch first and channels
/// last.</summary>
internal abstract record Operation;

/// <summary>Where a window lies over the spatial dimensions.</summary>
/// <param name="Strides">Step per spatial dimension.</param>
/// <param name="Dilations">Distance of the window's elements per spatial dimension.</param>
/// <param name="Before">Padding in front per spatial dimension.</param>
/// <param name="After">Padding behind per spatial dimension.</param>
internal sealed record Window(
    IReadOnlyList<int> Strides, IReadOnlyList<int> Dilations, IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    /// <summary>Whether there is no padding.</summary>
    public bool IsValid => Before.Concat(After).All(size => size == 0);

    /// <summary>Whether the padding is what TensorFlow calls SAME: as much as makes the output as large as the image divided by the stride,
    /// the odd element behind.</summary>
    /// <param name="input">Shape of the image.</param>
    /// <param name="size">Size of the window; what stands behind the spatial dimensions is not looked at.</param>
    /// <param name="output">Shape of what comes out.</param>
    public bool IsSame(IReadOnlyList<int> input, IReadOnlyList<int> size, IReadOnlyList<int> output) =>
        Enumerable.Range(0, Strides.Count).All(i =>
        {
            var extent = ((size[i] - 1) * Dilations[i]) + 1;
            var total = Math.Max(((output[i + 1] - 1) * Strides[i]) + extent - input[i + 1], 0);
            return output[i + 1] == (input[i + 1] + Strides[i] - 1) / Strides[i]
                && Before[i] == total / 2 && After[i] == total - (total / 2);
        });
}

/// <summary>Convolution, padded with zeros. Inputs: image, kernel (spatial..., channels in / groups, channels out), and perhaps a bias
/// (channels out).</summary>
internal sealed record Convolution(Window Window, int Groups) : Operation;

/// <summary>Product with a matrix over the last dimension. Inputs: tensor, kernel (in, out), and perhaps a bias (out).</summary>
internal sealed record MatrixProduct : Operation;

/// <summary>What a window or a reduction computes of its elements.</summary>
internal enum Aggregate
{
    Maximum,
    Average,
}

/// <summary>Pooling over windows. Padding never counts: neither for the maximum nor for the average.</summary>
internal sealed record Pooling(Aggregate Aggregate, IReadOnlyList<int> Size, Window Window) : Operation;

/// <summary>Maximum or mean over whole axes.</summary>
internal sealed record Reduction(Aggregate Aggregate, IReadOnlyList<int> Axes, bool KeepDimensions) : Operation;

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

/// <summary>The same elements in the same order under another shape.</summary>
internal sealed record Reshaping : Operation;

/// <summary>Padding with a constant, per dimension.</summary>
internal sealed record Padding(IReadOnlyList<int> Before, IReadOnlyList<int> After, float Value = 0) : Operation;

/// <summary>Tensors one behind the other along an axis.</summary>
internal sealed record Concatenation(int Axis) : Operation;

/// <summary>What does nothing at inference, such as Dropout.</summary>
internal sealed record Identity : Operation;

namespace EdgeBench.Models.Graphs;

/// <summary>The same elements in the same order under another shape.</summary>
internal sealed record Reshaping : Operation;

/// <summary>Padding with a constant, per dimension.</summary>
internal sealed record Padding(IReadOnlyList<int> Before, IReadOnlyList<int> After, float Value = 0) : Operation;

/// <summary>Tensors one behind the other along an axis.</summary>
internal sealed record Concatenation(int Axis) : Operation;

/// <summary>Tensors of one shape one behind the other along an axis of their own.</summary>
internal sealed record Stacking(int Axis) : Operation;

/// <summary>The slices of a tensor along an axis, which vanishes; an output each.</summary>
internal sealed record Unstacking(int Axis) : Operation;

/// <summary>Groups of channels of an image as blocks of places: channel (row * Block + column) * channels + c of a place becomes channel c
/// of the place at that row and column within its block.</summary>
internal sealed record DepthToSpace(int Block) : Operation;

/// <summary>Undoes <see cref="DepthToSpace"/>.</summary>
internal sealed record SpaceToDepth(int Block) : Operation;

/// <summary>A tensor in pieces along an axis; an output each, as long as its shape says.</summary>
internal sealed record Splitting(int Axis) : Operation;

/// <summary>The dimensions in another order.</summary>
/// <param name="Order">The dimension of the input that stands at each place of the output.</param>
internal sealed record Transposition(IReadOnlyList<int> Order) : Operation;

/// <summary>Every so many-th element of each dimension.</summary>
/// <param name="Begin">Place of the first, per dimension.</param>
/// <param name="Sizes">Number of elements, per dimension.</param>
/// <param name="Strides">Step per dimension; negative ones go backwards.</param>
/// <param name="Dropped">Dimensions of one element that vanish.</param>
internal sealed record Slicing(
    IReadOnlyList<int> Begin, IReadOnlyList<int> Sizes, IReadOnlyList<int> Strides, IReadOnlyList<int> Dropped) : Operation
{
    /// <summary>Whether all of a dimension is taken as it is.</summary>
    /// <param name="axis">The dimension.</param>
    /// <param name="input">Shape of the tensor.</param>
    public bool IsWhole(int axis, IReadOnlyList<int> input) => Strides[axis] == 1 && Sizes[axis] == input[axis];
}

/// <summary>Slices of a tensor at places along an axis. Inputs: tensor, places; the places' dimensions stand where the axis was.</summary>
internal sealed record Gather(int Axis) : Operation;

/// <summary>The tensor repeated as a whole, so many times per dimension.</summary>
internal sealed record Tile(IReadOnlyList<int> Multiples) : Operation;

/// <summary>Along a new last axis 1 at the place that an element names, else 0; all 0 where it names none.</summary>
/// <param name="Depth">Size of the new axis.</param>
internal sealed record OneHot(int Depth) : Operation
{
    /// <inheritdoc/>
    public override ElementType ResultType(IReadOnlyList<Value> inputs) => ElementType.Float32;
}

/// <summary>Sums of all elements up to each one along an axis.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Exclusive">Whether an element is left out of its own sum.</param>
/// <param name="Backwards">Whether the sums begin at the end.</param>
internal sealed record CumulativeSum(int Axis, bool Exclusive = false, bool Backwards = false) : Operation;

/// <summary>The greatest elements of the last dimension in descending order, and their places. Outputs: elements, places (int32).</summary>
internal sealed record TopElements(int Count) : Operation;

/// <summary>What does nothing at inference, such as Dropout.</summary>
internal sealed record Identity : Operation;

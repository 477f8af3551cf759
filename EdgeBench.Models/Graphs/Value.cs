namespace EdgeBench.Models.Graphs;

/// <summary>Number and sizes of dimensions, the batch first and channels last.</summary>
internal static class TensorShape
{
    /// <summary>Number of elements.</summary>
    public static long Count(IReadOnlyList<int> shape) => shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>As people write it.</summary>
    public static string Text(IReadOnlyList<int> shape) => $"({string.Join(", ", shape)})";

    /// <summary>Counts an axis from the front; null where there is no such axis.</summary>
    public static int? Axis(int axis, int rank) => axis >= -rank && axis < rank ? (axis + rank) % rank : null;
}

/// <summary>A tensor in the graph: an input, what an operator computes, or a constant. Told apart by identity, not by name.</summary>
internal sealed class Value(string name, IReadOnlyList<int> shape, float[]? constant = null, double[]? exact = null)
{
    /// <summary>A name for people; unique only once emitted.</summary>
    public string Name { get; } = name;

    /// <summary>Shape with the batch, channels last.</summary>
    public IReadOnlyList<int> Shape { get; } = shape;

    /// <summary>The values of a constant in C order; never changed.</summary>
    public float[]? Constant { get; } = constant;

    /// <summary>The values of a constant as they were computed, before they became floats: what is folded into others is rounded
    /// once.</summary>
    public double[] Exact() => exact ?? Array.ConvertAll(Constant!, value => (double)value);

    /// <summary>A constant of values that were computed.</summary>
    public static Value Computed(string name, IReadOnlyList<int> shape, double[] values) =>
        new(name, shape, Array.ConvertAll(values, value => (float)value), values);

    /// <summary>Number of dimensions.</summary>
    public int Rank => Shape.Count;

    /// <summary>Number of elements.</summary>
    public long Count => TensorShape.Count(Shape);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {TensorShape.Text(Shape)}";
}

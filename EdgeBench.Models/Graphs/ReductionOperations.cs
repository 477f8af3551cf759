namespace EdgeBench.Models.Graphs;

/// <summary>What a window or a reduction computes of its elements; windows have the first two.</summary>
internal enum Aggregate
{
    Maximum,
    Average,
    Sum,
    Minimum,
    Product,

    /// <summary>Whether any is true.</summary>
    Any,

    /// <summary>Whether all are true.</summary>
    All,
}

/// <summary>One value of all elements over whole axes.</summary>
internal sealed record Reduction(Aggregate Aggregate, IReadOnlyList<int> Axes, bool KeepDimensions) : Operation;

/// <summary>Where along an axis the greatest or least element stands, the first of equal ones.</summary>
/// <param name="Greatest">Whether the greatest is looked for.</param>
/// <param name="Axis">The axis, which vanishes.</param>
/// <param name="Type">Type of the places.</param>
internal sealed record ArgumentOf(bool Greatest, int Axis, ElementType Type) : Operation
{
    /// <inheritdoc/>
    public override ElementType ResultType(IReadOnlyList<Value> inputs) => Type;
}

namespace EdgeBench.Models.Graphs;

/// <summary>What a window or a reduction computes of its elements.</summary>
internal enum Aggregate
{
    Maximum,
    Average,
}

/// <summary>Maximum or mean over whole axes.</summary>
internal sealed record Reduction(Aggregate Aggregate, IReadOnlyList<int> Axes, bool KeepDimensions) : Operation;

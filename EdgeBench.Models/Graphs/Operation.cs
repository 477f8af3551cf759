namespace EdgeBench.Models.Graphs;

/// <summary>What an operator does. Inputs and outputs stand at the <see cref="Operator"/>; shapes have the batch first and channels
/// last.</summary>
internal abstract record Operation
{
    /// <summary>Type of what it computes: that of its first input, where nothing else is said.</summary>
    public virtual ElementType ResultType(IReadOnlyList<Value> inputs) => inputs[0].Type;
}

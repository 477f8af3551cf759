namespace EdgeBench.Models.Graphs;

/// <summary>What an operator does. Inputs and outputs stand at the <see cref="Operator"/>; shapes have the batch first and channels
/// last.</summary>
internal abstract record Operation;

namespace EdgeBench.Models.Graphs;

/// <summary>The same elements in the same order under another shape.</summary>
internal sealed record Reshaping : Operation;

/// <summary>Padding with a constant, per dimension.</summary>
internal sealed record Padding(IReadOnlyList<int> Before, IReadOnlyList<int> After, float Value = 0) : Operation;

/// <summary>Tensors one behind the other along an axis.</summary>
internal sealed record Concatenation(int Axis) : Operation;

/// <summary>What does nothing at inference, such as Dropout.</summary>
internal sealed record Identity : Operation;

namespace EdgeBench.Models.Graphs;

/// <summary>(x - mean) / sqrt(variance + epsilon), mean and variance over axes of each sample.</summary>
/// <param name="Axes">The axes.</param>
/// <param name="Epsilon">Keeps the divisor from 0.</param>
/// <param name="Groups">Number of equal parts of the last axis that have a mean and a variance each. More than one only where
/// <paramref name="Axes"/> are all but the batch.</param>
internal sealed record Standardization(IReadOnlyList<int> Axes, double Epsilon, int Groups = 1) : Operation;

/// <summary>x / sqrt(mean of x^2 + epsilon), the mean over axes of each sample.</summary>
internal sealed record RootMeanSquareScaling(IReadOnlyList<int> Axes, double Epsilon) : Operation;

/// <summary>x / max(sqrt(sum of x^2), epsilon), the sum over axes of each sample.</summary>
internal sealed record UnitScaling(IReadOnlyList<int> Axes, double Epsilon) : Operation;

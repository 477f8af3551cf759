namespace EdgeBench.Tests.EdgeNode;

/// <summary>No test runs beside these: it would be a provocation of its own.</summary>
[CollectionDefinition("provocations", DisableParallelization = true)]
public sealed class ProvocationTestOrder;

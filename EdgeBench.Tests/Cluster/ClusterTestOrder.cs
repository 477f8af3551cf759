namespace EdgeBench.Tests.Cluster;

/// <summary>Tests that start clusters run one after the other: each has the machine's processors for its time-outs.</summary>
[CollectionDefinition("cluster", DisableParallelization = true)]
public sealed class ClusterTestOrder;

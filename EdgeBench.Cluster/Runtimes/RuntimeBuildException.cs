namespace EdgeBench.Cluster.Runtimes;

/// <summary>A runtime image cannot be built or found. The message says why and what to do.</summary>
public sealed class RuntimeBuildException(string message, Exception? inner = null) : Exception(message, inner);

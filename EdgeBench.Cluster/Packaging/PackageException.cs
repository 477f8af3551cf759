namespace EdgeBench.Cluster.Packaging;

/// <summary>A package cannot be made. The message says why and what to do.</summary>
public sealed class PackageException(string message, Exception? inner = null) : Exception(message, inner);

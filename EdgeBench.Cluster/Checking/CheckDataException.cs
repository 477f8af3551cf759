namespace EdgeBench.Cluster.Checking;

/// <summary>What a user gave to check a model with cannot be used. The message says why and what to do.</summary>
public sealed class CheckDataException(string message, Exception? inner = null) : Exception(message, inner);

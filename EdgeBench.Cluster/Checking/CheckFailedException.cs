namespace EdgeBench.Cluster.Checking;

/// <summary>A model's files do not compute the same, or not what they should. The message says how far off they are.</summary>
public sealed class CheckFailedException(string message) : Exception(message);

namespace EdgeBench.Models.Containers;

/// <summary>The file as a whole cannot be taken; the message says why and what to do.</summary>
internal sealed class ModelFileException(string reason, Exception? innerException = null) : Exception(reason, innerException);

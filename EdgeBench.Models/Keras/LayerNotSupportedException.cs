namespace EdgeBench.Models.Keras;

/// <summary>One layer cannot be taken; the message says why and what to do. Reading goes on, so that all such layers are named at
/// once.</summary>
internal sealed class LayerNotSupportedException(string reason) : Exception(reason);

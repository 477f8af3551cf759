namespace EdgeBench.Models;

/// <summary>An input or an output of a model, as its caller feeds or reads it.</summary>
/// <param name="Name">Name of the tensor: the one Keras gives it.</param>
/// <param name="ElementType">Type of one element in ONNX's spelling, such as <c>float32</c>.</param>
/// <param name="Shape">Shape with the batch, channels last as in Keras; -1 where a file that is passed through leaves a size open.</param>
public sealed record TensorSpec(string Name, string ElementType, IReadOnlyList<int> Shape)
{
    /// <summary>Where the elements are places in a table of the model, such as the words of an embedding: how many places it has, counted
    /// from 0. Null where they are anything else, or where it is not known.</summary>
    public int? IndexLimit { get; init; }
}

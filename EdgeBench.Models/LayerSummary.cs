namespace EdgeBench.Models;

/// <summary>One layer of a Keras model, or one operator of an <c>.onnx</c> or <c>.tflite</c> file.</summary>
/// <param name="Name">Name of the layer; layers of nested models have the names of the enclosing ones in front: <c>outer/layer</c>. Of an
/// operator its name, or that of the first tensor it computes.</param>
/// <param name="ClassName">Class of the layer as the file spells it, or type of the operator.</param>
/// <param name="OutputShape">Shape of the (first) output with the batch, channels where the file has them; null where a finished file does not
/// tell it.</param>
/// <param name="Parameters">Number of values in the layer's variables, moving statistics included. A layer that is called several times is
/// counted once; so are constants that several operators share, at the first.</param>
public sealed record LayerSummary(string Name, string ClassName, IReadOnlyList<int>? OutputShape, long Parameters)
{
    /// <summary>Multiply-accumulate operations of convolutions and matrix products, per sample, all calls together; null where they are not
    /// known.</summary>
    public long? Macs { get; init; }

    /// <summary>Floating-point operations by the rule of <see cref="Model.Flops"/>, per sample, all calls together; null where they are not
    /// known.</summary>
    public long? Flops { get; init; }

    /// <summary>The same by the rule of <see cref="Model.ProfilerFlops"/>.</summary>
    public long? ProfilerFlops { get; init; }
}

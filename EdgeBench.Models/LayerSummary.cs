namespace EdgeBench.Models;

/// <summary>One layer of a Keras model.</summary>
/// <param name="Name">Name of the layer; layers of nested models have the names of the enclosing ones in front: <c>outer/layer</c>.</param>
/// <param name="ClassName">Class of the layer as the file spells it.</param>
/// <param name="OutputShape">Shape of the (first) output with the batch, channels last.</param>
/// <param name="Parameters">Number of values in the layer's variables, moving statistics included. A layer that is called several times is
/// counted once.</param>
/// <param name="Macs">Multiply-accumulate operations of convolutions and matrix products, per sample, all calls together.</param>
/// <param name="Flops">Floating-point operations by the rule of <see cref="Model.Flops"/>, per sample, all calls together.</param>
public sealed record LayerSummary(
    string Name, string ClassName, IReadOnlyList<int> OutputShape, long Parameters, long Macs, long Flops);

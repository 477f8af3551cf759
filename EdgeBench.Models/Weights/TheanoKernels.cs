using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Weights;

/// <summary>
/// Weights that were trained under Theano, whose convolution is the mathematical one: it turns the kernel round before it slides over the
/// image. Turned round once more, the kernel gives the same to a runtime that does not.
/// </summary>
/// <param name="inner">The weights as stored.</param>
internal sealed class TheanoKernels(IWeightSource inner) : IWeightSource
{
    private static readonly string[] Classes =
        ["Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "Conv3DTranspose", "ConvLSTM2D"];

    /// <inheritdoc/>
    public float[] Read(KerasLayer layer, LayerVariable variable)
    {
        var values = inner.Read(layer, variable);
        if (variable.Name is not ("kernel" or "recurrent_kernel") || !Classes.Contains(layer.InnerClassName ?? layer.ClassName))
        {
            return values;
        }

        // Both channel dimensions stay as they are.
        var block = variable.Shape[^1] * variable.Shape[^2];
        var turned = new float[values.Length];
        for (var at = 0; at < values.Length; at += block)
        {
            values.AsSpan(at, block).CopyTo(turned.AsSpan(values.Length - at - block));
        }

        return turned;
    }
}

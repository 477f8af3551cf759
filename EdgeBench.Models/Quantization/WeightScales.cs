namespace EdgeBench.Models.Quantization;

/// <summary>Scales of kernels: symmetric, so that the greatest magnitude is 127.</summary>
internal static class WeightScales
{
    /// <summary>The scales of a kernel beside floats.</summary>
    /// <param name="kernel">A constant of floats.</param>
    /// <param name="axis">The axis of the channels that have scales of their own; null for one scale.</param>
    public static AffineScale Of(FloatConstant kernel, int? axis) =>
        AffineScale.Symmetric([.. Scales(kernel, axis).Select(scale => (float)Usable(scale))], axis ?? 0);

    /// <summary>The scales of a kernel beside integers. Where the bias of a channel would not fit 32 bits, as of one whose weights are all
    /// but 0, the scale becomes greater, by the rule of TensorFlow's converter: half of the integers are enough for the bias.</summary>
    /// <param name="kernel">A constant of floats.</param>
    /// <param name="axis">The axis of the channels that have scales of their own; null for one scale.</param>
    /// <param name="bias">The bias; null where there is none.</param>
    /// <param name="inputScale">The scale of the integers that the kernel is multiplied with.</param>
    public static AffineScale Of(FloatConstant kernel, int? axis, FloatConstant? bias, float inputScale)
    {
        var scales = Scales(kernel, axis);
        ReadOnlySpan<float> offsets = bias is null ? [] : bias.Read();
        for (var i = 0; i < offsets.Length; i++)
        {
            ref var scale = ref scales[axis is null ? 0 : i];
            var magnitude = Math.Abs((double)offsets[i]);
            if (magnitude >= 0.5 * inputScale * scale * int.MaxValue)
            {
                scale = 2 * magnitude / ((double)int.MaxValue * inputScale);
            }
        }

        return AffineScale.Symmetric([.. scales.Select(scale => (float)Usable(scale))], axis ?? 0);
    }

    private static double[] Scales(FloatConstant kernel, int? axis)
    {
        var values = kernel.Read();
        var channels = axis is { } own ? Channels.Of(kernel.Shape, own) : new Channels(1, values.Length);
        return [.. channels.Magnitudes(values).Select(magnitude => (double)(magnitude / AffineScale.Greatest))];
    }

    /// <summary>What holds only zeros has any scale.</summary>
    private static double Usable(double scale) => (float)scale >= AffineScale.Least ? scale : 1;
}

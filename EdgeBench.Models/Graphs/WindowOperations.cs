namespace EdgeBench.Models.Graphs;

/// <summary>Where a window lies over the spatial dimensions.</summary>
/// <param name="Strides">Step per spatial dimension.</param>
/// <param name="Dilations">Distance of the window's elements per spatial dimension.</param>
/// <param name="Before">Padding in front per spatial dimension.</param>
/// <param name="After">Padding behind per spatial dimension.</param>
internal sealed record Window(
    IReadOnlyList<int> Strides, IReadOnlyList<int> Dilations, IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    /// <summary>Whether there is no padding.</summary>
    public bool IsValid => Before.Concat(After).All(size => size == 0);

    /// <summary>Whether the padding is what TensorFlow calls SAME: as much as makes the output as large as the image divided by the stride,
    /// the odd element behind.</summary>
    /// <param name="input">Shape of the image.</param>
    /// <param name="size">Size of the window; what stands behind the spatial dimensions is not looked at.</param>
    /// <param name="output">Shape of what comes out.</param>
    public bool IsSame(IReadOnlyList<int> input, IReadOnlyList<int> size, IReadOnlyList<int> output) =>
        Enumerable.Range(0, Strides.Count).All(i =>
        {
            var extent = ((size[i] - 1) * Dilations[i]) + 1;
            var total = Math.Max(((output[i + 1] - 1) * Strides[i]) + extent - input[i + 1], 0);
            return output[i + 1] == (input[i + 1] + Strides[i] - 1) / Strides[i]
                && Before[i] == total / 2 && After[i] == total - (total / 2);
        });

    /// <summary>Whether the last window ends before the image does, along some dimension.</summary>
    /// <param name="input">Shape of the image.</param>
    /// <param name="size">Size of the window; what stands behind the spatial dimensions is not looked at.</param>
    /// <param name="output">Shape of what comes out.</param>
    public bool EndsBefore(IReadOnlyList<int> input, IReadOnlyList<int> size, IReadOnlyList<int> output) =>
        Enumerable.Range(0, Strides.Count).Any(i =>
            ((output[i + 1] - 1) * Strides[i]) + ((size[i] - 1) * Dilations[i]) + 1 < input[i + 1]);
}

/// <summary>Convolution, padded with zeros. Inputs: image, kernel (spatial..., channels in / groups, channels out), and perhaps a bias
/// (channels out).</summary>
internal sealed record Convolution(Window Window, int Groups) : Operation;

/// <summary>Transposed convolution: every element of the image lays its multiple of the kernel over the output, a stride further each; where
/// they meet they add up. Inputs: image, kernel (spatial..., channels in, channels out), and perhaps a bias (channels out).</summary>
/// <param name="Window">Strides and dilations of the kernel, and what is cut off the result in front and behind. Less than nothing behind
/// is space that no kernel reaches.</param>
internal sealed record TransposedConvolution(Window Window) : Operation;

/// <summary>Convolution with a kernel of its own at every place of the output. Inputs: image, kernels (places of the output, places of the
/// window x channels in, channels out).</summary>
/// <param name="Window">Where the window lies.</param>
/// <param name="Size">Size of the window.</param>
internal sealed record LocallyConnected(Window Window, IReadOnlyList<int> Size) : Operation;

/// <summary>Pooling over windows. Padding never counts: neither for the maximum nor for the average.</summary>
internal sealed record Pooling(Aggregate Aggregate, IReadOnlyList<int> Size, Window Window) : Operation;

/// <summary>What stands between the elements of an image.</summary>
internal enum Interpolation
{
    /// <summary>The element in front: with half-pixel centres the nearest one.</summary>
    Nearest,

    /// <summary>The mean of the two neighbours by distance, along each dimension.</summary>
    Linear,

    /// <summary>A weighted sum of any elements along each dimension. The weights are inputs behind the image, a matrix (to, from) for each
    /// spatial dimension.</summary>
    Weighted,
}

/// <summary>The image at other spatial sizes: those of the output. Beyond the edge lies the edge.</summary>
/// <param name="Interpolation">What is taken between elements.</param>
/// <param name="HalfPixelCenters">Whether element i of n stands at (i + 1/2) / n of the image, else at i / n.</param>
internal sealed record Resampling(Interpolation Interpolation, bool HalfPixelCenters) : Operation
{
    /// <summary>The element that is nearest, with the rounding of TensorFlow, which computes the place in float32.</summary>
    /// <param name="place">Place in the output.</param>
    /// <param name="from">Size of the input along that dimension.</param>
    /// <param name="to">Size of the output.</param>
    public int Nearest(int place, int from, int to) =>
        Math.Min((int)MathF.Floor((place + (HalfPixelCenters ? 0.5f : 0f)) * (from / (float)to)), from - 1);
}

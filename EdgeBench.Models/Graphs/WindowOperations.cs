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
}

/// <summary>Convolution, padded with zeros. Inputs: image, kernel (spatial..., channels in / groups, channels out), and perhaps a bias
/// (channels out).</summary>
internal sealed record Convolution(Window Window, int Groups) : Operation;

/// <summary>Pooling over windows. Padding never counts: neither for the maximum nor for the average.</summary>
internal sealed record Pooling(Aggregate Aggregate, IReadOnlyList<int> Size, Window Window) : Operation;

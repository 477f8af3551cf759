namespace EdgeBench.Models.Quantization;

/// <summary>What a tensor holds, over all samples where it was measured.</summary>
/// <param name="Minimum">The least value.</param>
/// <param name="Maximum">The greatest value.</param>
public readonly record struct TensorRange(float Minimum, float Maximum)
{
    /// <summary>The range of values.</summary>
    public static TensorRange Of(ReadOnlySpan<float> values)
    {
        var (minimum, maximum) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var value in values)
        {
            (minimum, maximum) = (Math.Min(minimum, value), Math.Max(maximum, value));
        }

        return values.IsEmpty ? default : new TensorRange(minimum, maximum);
    }

    /// <summary>The range of both.</summary>
    public TensorRange With(TensorRange other) => new(Math.Min(Minimum, other.Minimum), Math.Max(Maximum, other.Maximum));
}

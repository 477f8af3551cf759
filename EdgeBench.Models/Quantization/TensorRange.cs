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

    /// <summary>The range to 6 significant bits, away from 0: so that processors whose sums differ in their last bits measure the same, and
    /// write the same file in 8-bit integers. No value is left out, and an end moves by 1/32 of itself at most.</summary>
    public TensorRange Rounded() => new(AwayFromZero(Minimum), AwayFromZero(Maximum));

    private static float AwayFromZero(float value)
    {
        const int Bits = 6, BitsOfFloat = 24;
        const uint Below = (1u << (BitsOfFloat - Bits)) - 1;
        var rounded = BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(value) + Below) & ~Below);
        return float.IsFinite(rounded) ? rounded : value;
    }

    /// <summary>The range of both.</summary>
    public TensorRange With(TensorRange other) => new(Math.Min(Minimum, other.Minimum), Math.Max(Maximum, other.Maximum));
}

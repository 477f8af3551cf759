namespace EdgeBench.Models.Quantization;

/// <summary>What integers mean: real = scale * (integer - zero point), one scale for a tensor or one per channel.</summary>
/// <param name="Scales">The scales, each above 0.</param>
/// <param name="ZeroPoints">The integers that mean 0, as many as scales.</param>
/// <param name="Axis">The axis of the channels where each has its own scale.</param>
internal sealed record AffineScale(IReadOnlyList<float> Scales, IReadOnlyList<int> ZeroPoints, int Axis = 0)
{
    /// <summary>The greatest magnitude of a symmetric 8-bit integer: -128 is left out.</summary>
    public const int Greatest = 127;

    /// <summary>The least scale: the least float of full precision.</summary>
    public const float Least = 1.17549435e-38f;

    /// <summary>Whether every channel has a scale of its own.</summary>
    public bool IsPerChannel => Scales.Count > 1;

    /// <summary>The only scale of a tensor.</summary>
    public float Scale => Scales[0];

    /// <summary>The only zero point of a tensor.</summary>
    public int ZeroPoint => ZeroPoints[0];

    /// <summary>A scale for a whole tensor.</summary>
    public static AffineScale PerTensor(float scale, int zeroPoint) => new([scale], [zeroPoint]);

    /// <summary>Scales around 0.</summary>
    public static AffineScale Symmetric(IReadOnlyList<float> scales, int axis) => new(scales, new int[scales.Count], axis);

    /// <summary>The scale whose 8-bit integers span a range. 0 is always one of them, as padding and ReLU need it.</summary>
    /// <remarks>As TensorFlow's converter: of the two ends the one decides over the zero point where rounding loses less.</remarks>
    public static AffineScale Spanning(TensorRange range)
    {
        const int Lowest = sbyte.MinValue;
        const int Highest = sbyte.MaxValue;
        var (minimum, maximum) = (Math.Min((double)range.Minimum, 0), Math.Max((double)range.Maximum, 0));
        var scale = (maximum - minimum) / (Highest - Lowest);
        if ((float)scale < Least)
        {
            return PerTensor(1, 0);
        }

        var fromMinimum = Lowest - (minimum / scale);
        var fromMaximum = Highest - (maximum / scale);
        var isMinimumCloser = Math.Abs(Lowest) + Math.Abs(minimum / scale) < Math.Abs(Highest) + Math.Abs(maximum / scale);
        var zeroPoint = Math.Round(isMinimumCloser ? fromMinimum : fromMaximum, MidpointRounding.AwayFromZero);
        return PerTensor((float)scale, (int)Math.Clamp(zeroPoint, Lowest, Highest));
    }

    /// <summary>Whether two mean the same.</summary>
    public bool Equals(AffineScale? other) =>
        other is not null && Axis == other.Axis && Scales.SequenceEqual(other.Scales) && ZeroPoints.SequenceEqual(other.ZeroPoints);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Axis, Scales.Count, Scales[0], ZeroPoints[0]);
}

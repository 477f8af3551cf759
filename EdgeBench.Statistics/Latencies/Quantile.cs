using Perfolizer.Mathematics.QuantileEstimators;
using Pragmastat;

namespace EdgeBench.Statistics.Latencies;

/// <summary>Quantiles by linear interpolation between order statistics (Hyndman and Fan 1996, type 7, which R and NumPy use too).</summary>
internal static class Quantile
{
    /// <summary>A quantile of values in any order.</summary>
    public static double Of(IReadOnlyList<double> values, double probability) =>
        SimpleQuantileEstimator.Instance.Quantile(values, Probability.Of(probability));

    /// <summary>The median of values in any order.</summary>
    public static double MedianOf(IReadOnlyList<long> values)
    {
        long[] sorted = [.. values];
        Array.Sort(sorted);
        return MedianOfSorted<long>(sorted);
    }

    /// <summary>The median of values that are sorted already.</summary>
    public static double MedianOfSorted<T>(ReadOnlySpan<T> sorted)
        where T : System.Numerics.INumber<T> =>
        (double.CreateChecked(sorted[(sorted.Length - 1) / 2]) + double.CreateChecked(sorted[sorted.Length / 2])) / 2;

    /// <summary>A quantile of values that are sorted already: the same figure, without sorting again.</summary>
    public static double OfSorted(ReadOnlySpan<double> sorted, double probability)
    {
        var place = (sorted.Length - 1) * probability;
        var below = (int)Math.Floor(place);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}

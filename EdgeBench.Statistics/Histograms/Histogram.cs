using EdgeBench.Statistics.Latencies;
using Perfolizer.Mathematics.Histograms;

namespace EdgeBench.Statistics.Histograms;

/// <summary>How often which latency occurred.</summary>
/// <param name="Bins">The bins from fast to slow, without a gap between them; none is left out, be it empty or not.</param>
/// <param name="Below">The runs that are faster than the first bin begins.</param>
/// <param name="Above">The runs that are slower than the last bin ends: a few far ones would squeeze all others into one bin.</param>
public sealed record Histogram(IReadOnlyList<HistogramBin> Bins, int Below, int Above)
{
    private const double Fence = Outliers.Fence;

    /// <summary>
    /// Sorts latencies into bins of the width of Freedman and Diaconis (1981), made a round figure (1, 2 or 5 times a power of ten), wider
    /// where there would be too many.
    /// </summary>
    /// <param name="latencies">The latencies in nanoseconds, in any order; at least one.</param>
    /// <param name="maximumBins">The most bins; at least 3.</param>
    public static Histogram Of(IEnumerable<long> latencies, int maximumBins)
    {
        ArgumentNullException.ThrowIfNull(latencies);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumBins, 3);
        double[] sorted = [.. latencies];
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length);
        Array.Sort(sorted);

        var (lower, upper) = (Quantile.OfSorted(sorted, 0.25), Quantile.OfSorted(sorted, 0.75));
        var range = upper - lower;
        var first = range > 0 ? sorted.First(value => value >= lower - (Fence * range)) : sorted[0];
        var last = range > 0 ? sorted.Last(value => value <= upper + (Fence * range)) : sorted[^1];
        var wanted = range > 0 ? HistogramBinSizeCalculator.CalcFreedmanDiaconis(sorted.Length, range) : (last - first) / maximumBins;

        // Rounding the first edge down can cost one more bin.
        var width = RoundUp(Math.Max(1, Math.Max(wanted, (last - first) / (maximumBins - 1))));
        var begin = Math.Floor(first / width) * width;
        var counts = new int[(int)((last - begin) / width) + 1];
        var (below, above) = (0, 0);
        foreach (var value in sorted)
        {
            if (value < first)
            {
                below++;
            }
            else if (value > last)
            {
                above++;
            }
            else
            {
                counts[(int)((value - begin) / width)]++;
            }
        }

        return new Histogram(
            [.. counts.Select((count, bin) => new HistogramBin(begin + (bin * width), begin + ((bin + 1) * width), count))], below, above);
    }

    private static double RoundUp(double width)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(width)));
        return power * ((width / power) switch
        {
            <= 1 => 1,
            <= 2 => 2,
            <= 5 => 5,
            _ => 10,
        });
    }
}

/// <summary>A range of latencies.</summary>
/// <param name="Low">Its lower end in nanoseconds, which belongs to it.</param>
/// <param name="High">Its upper end in nanoseconds, which belongs to the next.</param>
/// <param name="Count">The runs in it.</param>
public sealed record HistogramBin(double Low, double High, int Count);

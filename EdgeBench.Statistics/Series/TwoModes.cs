using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Statistics.Series;

/// <summary>
/// Two kinds of runs: the split of the sorted latencies into two groups that leaves the least variance within them (Fisher 1958; for images
/// Otsu 1979), kept only if the groups lie far apart, both are large, and hardly any run lies between them.
/// </summary>
/// <param name="Fast">The median of the faster group.</param>
/// <param name="Slow">The median of the slower group.</param>
/// <param name="SlowShare">The part of the runs that are slow.</param>
internal sealed record TwoModes(double Fast, double Slow, double SlowShare)
{
    /// <summary>
    /// Distance of the groups' means in standard deviations within them (Ashman's D): 2.65 for any normal sample, 3.46 for a uniform one,
    /// about 3.6 for an exponential one.
    /// </summary>
    private const double LeastDistance = 4;

    /// <summary>Smaller groups are outliers or a tail, not a way of running.</summary>
    public const double LeastShare = 0.08;

    /// <summary>Runs in the middle third between the groups' medians, in relation to the smaller group: a tail has more.</summary>
    private const double MostBetween = 0.5;

    /// <summary>Looks for two modes.</summary>
    /// <param name="latencies">The latencies, in any order.</param>
    /// <param name="leastRelative">How far apart they must be to matter, in relation to the median of all.</param>
    public static TwoModes? Find(IEnumerable<long> latencies, double leastRelative)
    {
        double[] sorted = [.. latencies];
        Array.Sort(sorted);
        var count = sorted.Length;
        var median = Quantile.MedianOfSorted<double>(sorted);
        var (lower, upper) = (Quantile.OfSorted(sorted, 0.25), Quantile.OfSorted(sorted, 0.75));
        var reach = Outliers.Fence * (upper - lower);

        // Outliers are drawn to the fences: they count as runs, but not by how far out they are.
        var sums = new double[count + 1];
        double squares = 0;
        for (var place = 0; place < count; place++)
        {
            var value = Math.Clamp(sorted[place], lower - reach, upper + reach) - median;
            sums[place + 1] = sums[place] + value;
            squares += value * value;
        }

        var (split, explained) = (0, 0.0);
        for (var place = 1; place < count; place++)
        {
            var (left, right) = (sums[place], sums[count] - sums[place]);
            var between = (left * left / place) + (right * right / (count - place));
            if (between > explained)
            {
                (split, explained) = (place, between);
            }
        }

        var smaller = Math.Min(split, count - split);
        if (smaller < 2 || smaller < LeastShare * count)
        {
            return null;
        }

        var fast = Quantile.MedianOfSorted<double>(sorted.AsSpan(0, split));
        var slow = Quantile.MedianOfSorted<double>(sorted.AsSpan(split));
        var third = (slow - fast) / 3;
        var inBetween = sorted.Count(value => value > fast + third && value < slow - third);
        var deviation = Math.Sqrt(Math.Max(0, squares - explained) / (count - 2));
        var distance = ((sums[count] - sums[split]) / (count - split)) - (sums[split] / split);
        return distance > LeastDistance * deviation && inBetween <= MostBetween * smaller && slow - fast >= leastRelative * median
            ? new TwoModes(fast, slow, (double)(count - split) / count)
            : null;
    }
}

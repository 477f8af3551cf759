using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Statistics.Series;

/// <summary>
/// The place where a series most likely changed its level for good: the split whose two sides have medians that lie farthest apart in
/// relation to what noise allows. The noise is taken from the differences of neighbours, which a change of level touches only once.
/// </summary>
/// <param name="Index">The first value of the new level.</param>
/// <param name="Before">The median before.</param>
/// <param name="After">The median from there on.</param>
/// <param name="Score">Their distance in standard errors.</param>
internal sealed record LevelShift(int Index, double Before, double After, double Score)
{
    /// <summary>Fewer values are no level.</summary>
    private const int ShortestLevel = 3;

    /// <summary>
    /// So many of the shorter side's values are beyond the middle between the levels, so that outliers at an end are no level.
    /// </summary>
    private const double LeastShareBeyond = 0.75;

    // The standard error of a median in those of a mean, for normal values.
    private const double MedianError = 1.2533;

    // From the median of absolute values to a standard deviation, for normal values.
    private const double MadToDeviation = 1.4826;

    // Where the clock has too few ticks for neighbours to differ, the noise is at least this share of the level.
    private const double LeastNoise = 1e-4;

    /// <summary>After in relation to before, less one: 0.05 for 5 % slower.</summary>
    public double Relative => (After / Before) - 1;

    /// <summary>Looks for the change.</summary>
    /// <param name="values">The series.</param>
    /// <param name="leastRelative">How large a change must be to matter, in relation to the median of the series.</param>
    /// <returns>The most certain of the changes that are so large, or null where there is none.</returns>
    public static LevelShift? Find(ReadOnlySpan<double> values, double leastRelative)
    {
        var count = values.Length;
        if (count < 2 * ShortestLevel)
        {
            return null;
        }

        var all = values.ToArray();
        Array.Sort(all);
        var median = Quantile.MedianOfSorted<double>(all);
        var noise = Math.Max(Noise(values), LeastNoise * median);
        var before = PrefixMedians(values, reversed: false);
        var after = PrefixMedians(values, reversed: true);

        LevelShift? best = null;
        for (var split = ShortestLevel; split <= count - ShortestLevel; split++)
        {
            var (low, high) = (before[split - 1], after[count - split - 1]);
            var distance = Math.Abs(high - low);
            var score = distance / (MedianError * noise * Math.Sqrt((1.0 / split) + (1.0 / (count - split))));
            if (distance >= leastRelative * median && (best is null || score > best.Score)
                && ShareBeyond(values, split, (low + high) / 2, high > low) >= LeastShareBeyond)
            {
                best = new LevelShift(split, low, high, score);
            }
        }

        return best is null ? null : best with { Index = Place(values, best.Before, best.After) };
    }

    // A median hardly moves when a few values of the other level come to it, so it says that there is a change, but not just where. That is
    // where the values lie nearest to the two levels.
    private static int Place(ReadOnlySpan<double> values, double before, double after)
    {
        var (place, distance, least) = (0, 0.0, double.PositiveInfinity);
        for (var split = 1; split < values.Length; split++)
        {
            distance += Math.Abs(values[split - 1] - before) - Math.Abs(values[split - 1] - after);
            (place, least) = distance < least ? (split, distance) : (place, least);
        }

        return place;
    }

    private static double ShareBeyond(ReadOnlySpan<double> values, int split, double middle, bool rises)
    {
        var isAfter = values.Length - split <= split;
        var shorter = isAfter ? values[split..] : values[..split];
        var beyond = 0;
        foreach (var value in shorter)
        {
            beyond += value > middle == (isAfter == rises) ? 1 : 0;
        }

        return (double)beyond / shorter.Length;
    }

    private static double Noise(ReadOnlySpan<double> values)
    {
        var differences = new double[values.Length - 1];
        for (var place = 0; place < differences.Length; place++)
        {
            differences[place] = Math.Abs(values[place + 1] - values[place]);
        }

        Array.Sort(differences);
        return MadToDeviation * Quantile.MedianOfSorted<double>(differences) / Math.Sqrt(2);
    }

    // The median of the first value, of the first two, and so on, by insertion into a sorted list.
    private static double[] PrefixMedians(ReadOnlySpan<double> values, bool reversed)
    {
        var medians = new double[values.Length];
        var sorted = new double[values.Length];
        for (var count = 0; count < values.Length; count++)
        {
            var value = values[reversed ? values.Length - 1 - count : count];
            var place = Array.BinarySearch(sorted, 0, count, value);
            place = place < 0 ? ~place : place;
            Array.Copy(sorted, place, sorted, place + 1, count - place);
            sorted[place] = value;
            medians[count] = Quantile.MedianOfSorted<double>(sorted.AsSpan(0, count + 1));
        }

        return medians;
    }
}

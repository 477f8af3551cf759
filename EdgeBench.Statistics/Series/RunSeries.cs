using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Statistics.Series;

/// <summary>
/// The latencies of one start in the order of the runs, thinned to medians of consecutive runs where they are many, so that what compares
/// all with all stays cheap and outliers weigh little.
/// </summary>
/// <param name="Values">Medians of blocks, in nanoseconds.</param>
/// <param name="Block">The runs of a block; the last may have more.</param>
internal sealed record RunSeries(double[] Values, int Block)
{
    /// <summary>The most values of all starts together.</summary>
    private const int MaximumValues = 300;

    private const int MinimumOfStart = 10;

    /// <summary>The series of each start.</summary>
    public static IReadOnlyList<RunSeries> Of(IReadOnlyList<IReadOnlyList<long>> starts)
    {
        var most = Math.Max(MinimumOfStart, MaximumValues / starts.Count);
        return [.. starts.Select(start => Thinned(start, most))];
    }

    private static RunSeries Thinned(IReadOnlyList<long> runs, int most)
    {
        // An odd number of runs has one in the middle, so that a single outlier does not reach the median.
        var block = (((runs.Count - 1) / most) + 1) | 1;
        var blocks = Math.Max(1, runs.Count / block);
        var values = new double[blocks];
        for (var place = 0; place < blocks; place++)
        {
            var end = place == blocks - 1 ? runs.Count : (place + 1) * block;
            long[] part = [.. runs.Skip(place * block).Take(end - (place * block))];
            Array.Sort(part);
            values[place] = Quantile.MedianOfSorted<long>(part);
        }

        return new RunSeries(values, block);
    }
}

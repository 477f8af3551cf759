using EdgeBench.Messages.Measurements;

namespace EdgeBench.Statistics.Latencies;

/// <summary>From what was recorded to the figures of a cell. The formulas stand in <c>docs/measurement.md</c>.</summary>
public static class LatencyAnalysis
{
    /// <summary>Sums up the timed runs of all starts. No run is left out of any figure.</summary>
    /// <param name="raw">What was recorded.</param>
    /// <exception cref="ArgumentException">There is no start, or one without timed runs.</exception>
    public static LatencyStatistics Of(RawMeasurement raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        IReadOnlyList<IReadOnlyList<long>> starts = [.. raw.Starts.Select(start => start.Samples)];
        return Of(starts) with
        {
            Outliers =
            [
                .. raw.Starts.SelectMany(Latencies.Outliers.Of)
                    .GroupBy(outlier => outlier.Cause)
                    .OrderBy(group => group.Key)
                    .Select(group => new OutlierCount(group.Key, group.Count())),
            ],
        };
    }

    /// <summary>Sums up latencies without telemetry: outliers are not looked for.</summary>
    /// <param name="starts">The latencies of each start in nanoseconds, in the order of the runs.</param>
    /// <exception cref="ArgumentException">There is no start, or one without timed runs.</exception>
    public static LatencyStatistics Of(IReadOnlyList<IReadOnlyList<long>> starts)
    {
        ArgumentNullException.ThrowIfNull(starts);
        if (starts.Count == 0 || starts.Any(start => start.Count == 0))
        {
            throw new ArgumentException("figures need at least one start, and every start at least one timed run", nameof(starts));
        }

        var sorted = new double[starts.Sum(start => start.Count)];
        var filled = 0;
        foreach (var start in starts)
        {
            foreach (var latency in start)
            {
                sorted[filled++] = latency;
            }
        }

        Array.Sort(sorted);
        var mean = sorted.Average();
        var squares = sorted.Sum(latency => (latency - mean) * (latency - mean));
        var variance = VarianceSplit.Of(starts);
        return new LatencyStatistics
        {
            Runs = sorted.Length,
            Starts = starts.Count,
            Minimum = (long)sorted[0],
            Maximum = (long)sorted[^1],
            Mean = mean,
            Median = Quantile.OfSorted(sorted, 0.5),
            StandardDeviation = sorted.Length > 1 ? Math.Sqrt(squares / (sorted.Length - 1)) : 0,
            MeanInterval = CentreIntervals.OfMean(starts, mean),
            MedianInterval = CentreIntervals.OfMedian(starts, sorted),
            Percentile90 = PercentileSupport.Supports(0.90, sorted.Length) ? Quantile.OfSorted(sorted, 0.90) : null,
            Percentile99 = PercentileSupport.Supports(0.99, sorted.Length) ? Quantile.OfSorted(sorted, 0.99) : null,
            WithinStarts = variance.WithinStarts,
            BetweenStarts = variance.BetweenStarts,
        };
    }
}

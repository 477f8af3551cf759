using EdgeBench.Messages.Measurements;

namespace EdgeBench.EdgeNode.Measurements;

/// <summary>The plain figures of latencies.</summary>
internal static class LatencyFigures
{
    /// <summary>Sums up the timed runs of all starts.</summary>
    /// <param name="starts">The latencies of each start in nanoseconds; at least one in all.</param>
    public static LatencyStatistics Of(IReadOnlyCollection<IReadOnlyList<long>> starts)
    {
        long[] sorted = [.. starts.SelectMany(samples => samples).Order()];
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length);
        var mean = sorted.Average();
        var squares = sorted.Sum(sample => (sample - mean) * (sample - mean));
        return new LatencyStatistics
        {
            Runs = sorted.Length,
            Starts = starts.Count,
            Minimum = sorted[0],
            Maximum = sorted[^1],
            Mean = mean,
            Median = MedianOf(sorted),
            StandardDeviation = sorted.Length > 1 ? Math.Sqrt(squares / (sorted.Length - 1)) : 0,
        };
    }

    /// <summary>The middle one of sorted samples, or the mean of the two middle ones.</summary>
    public static double MedianOf(IReadOnlyList<long> sorted) => (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2.0;
}

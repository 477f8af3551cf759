namespace EdgeBench.Messages.Tasks;

/// <summary>
/// Latencies of the timed runs of a cell, in nanoseconds. The raw samples are an artifact; these figures follow from them.
/// </summary>
/// <param name="Count">How many runs.</param>
/// <param name="Minimum">The shortest.</param>
/// <param name="Mean">The arithmetic mean.</param>
/// <param name="Median">The middle one, or the mean of the two middle ones.</param>
/// <param name="Maximum">The longest.</param>
/// <param name="StandardDeviation">The sample standard deviation (divisor n - 1), 0 for a single run.</param>
public sealed record LatencySummary(int Count, long Minimum, double Mean, double Median, long Maximum, double StandardDeviation)
{
    /// <summary>Sums up samples.</summary>
    /// <param name="nanoseconds">One latency a run, in any order; at least one.</param>
    public static LatencySummary Of(IReadOnlyList<long> nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfZero(nanoseconds.Count);
        long[] sorted = [.. nanoseconds.Order()];
        var count = sorted.Length;
        var mean = sorted.Average();
        var median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0;
        var squares = sorted.Sum(sample => (sample - mean) * (sample - mean));
        return new LatencySummary(count, sorted[0], mean, median, sorted[^1], count > 1 ? Math.Sqrt(squares / (count - 1)) : 0);
    }
}

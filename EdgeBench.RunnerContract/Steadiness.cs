namespace EdgeBench.RunnerContract;

/// <summary>
/// When a warm-up has done its work: the latencies no longer go anywhere. The recent runs are cut into <see cref="Slices"/> slices of
/// equally many, and their means are asked two questions; they are steady unless both answers are yes. Do the medians of the first and the
/// second half differ by more than 1 %? Less does not matter. And do the ranks show a trend (Mann 1945, Kendall 1975, two-sided at 5 %), or
/// is every mean of one half above all of the other? If not, the difference is noise, which more warming up does not take away.
/// </summary>
/// <remarks>Allocates nothing and takes a microsecond or two, so it may be asked between two runs.</remarks>
public static class Steadiness
{
    /// <summary>The slices of the window.</summary>
    public const int Slices = 10;

    /// <summary>The fewest runs that can be judged.</summary>
    public const int MinimumRuns = Slices;

    /// <summary>
    /// The window to ask about is the latest runs that took this long together, and at least <see cref="MinimumRuns"/> of them: governors
    /// take some tens of milliseconds to raise a clock, so a shorter window would be steady on every step of the way.
    /// </summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(200);

    private const double LeastChange = 0.01;

    // The 97.5 % quantile of the normal distribution.
    private const double LeastScore = 1.96;

    /// <summary>Whether the latencies are steady.</summary>
    /// <param name="latencies">
    /// The latencies of the window in the order of the runs, in any unit. Fewer than <see cref="MinimumRuns"/> are not steady.
    /// </param>
    public static bool IsReached(ReadOnlySpan<long> latencies)
    {
        if (latencies.Length < MinimumRuns)
        {
            return false;
        }

        Span<double> means = stackalloc double[Slices];
        for (var slice = 0; slice < Slices; slice++)
        {
            var begin = (int)((long)slice * latencies.Length / Slices);
            var end = (int)((long)(slice + 1) * latencies.Length / Slices);
            double sum = 0;
            foreach (var latency in latencies[begin..end])
            {
                sum += latency;
            }

            means[slice] = sum / (end - begin);
        }

        var trend = HasTrend(means);
        var before = means[..(Slices / 2)];
        var after = means[(Slices / 2)..];
        before.Sort();
        after.Sort();
        var (first, second) = (before[before.Length / 2], after[after.Length / 2]);
        var apart = before[^1] < after[0] || after[^1] < before[0];
        return Math.Abs(second - first) <= LeastChange * Math.Min(first, second) || !(trend || apart);
    }

    private static bool HasTrend(ReadOnlySpan<double> means)
    {
        var concordance = 0;
        for (var first = 0; first < means.Length; first++)
        {
            for (var second = first + 1; second < means.Length; second++)
            {
                concordance += Math.Sign(means[second] - means[first]);
            }
        }

        const double Variance = Slices * (Slices - 1) * ((2 * Slices) + 5) / 18.0;
        return Math.Abs(concordance) - 1 > LeastScore * Math.Sqrt(Variance);
    }
}

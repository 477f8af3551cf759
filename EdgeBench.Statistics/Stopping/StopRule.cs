using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Statistics.Stopping;

/// <summary>When a cell has been measured enough. Asked after each start; a start is never broken off.</summary>
/// <param name="Runs">The timed runs over all starts, at least this many.</param>
/// <param name="MinimumTime">The least time of all timed runs together.</param>
/// <param name="Starts">The fresh starts; with <paramref name="Until"/> the least of them.</param>
/// <param name="Until">
/// Half the 95 % interval of the mean in relation to the mean that is to be reached, as 0.02 for 2 %; null makes the asked starts.
/// </param>
/// <param name="MaximumStarts">With <paramref name="Until"/>: the most starts that are made.</param>
/// <param name="MaximumTime">With <paramref name="Until"/>: no start is added when the cell has taken so long.</param>
public sealed record StopRule(
    int Runs, TimeSpan MinimumTime, int Starts, double? Until, int MaximumStarts, TimeSpan MaximumTime)
{
    /// <summary>
    /// With fewer starts an interval says nothing of itself: by chance two starts may agree far better than starts do. Three may too, but
    /// then Student's factor of 4.3 makes up for it.
    /// </summary>
    public const int LeastStartsOfInterval = 3;

    /// <summary>Whether to stop now, and why.</summary>
    /// <param name="starts">The latencies of each start so far, in nanoseconds.</param>
    /// <param name="elapsed">How long the cell has taken so far, all phases of its starts included.</param>
    public StopDecision After(IReadOnlyList<IReadOnlyList<long>> starts, TimeSpan elapsed)
    {
        ArgumentNullException.ThrowIfNull(starts);
        var nanoseconds = starts.Sum(start => start.Sum(latency => (double)latency));
        var askedReached = starts.Count >= Starts && starts.Sum(start => start.Count) >= Runs
            && nanoseconds >= MinimumTime.TotalNanoseconds;
        var width = Width(starts);
        if (Until is not { } until)
        {
            return new StopDecision(askedReached ? StopReason.AskedReached : null, width);
        }

        return new StopDecision(
            askedReached && starts.Count >= LeastStartsOfInterval && width <= until ? StopReason.IntervalNarrow
            : starts.Count >= MaximumStarts ? StopReason.StartLimit
            : elapsed >= MaximumTime && starts.Count > 0 ? StopReason.TimeLimit
            : null,
            width);
    }

    private static double? Width(IReadOnlyList<IReadOnlyList<long>> starts)
    {
        if (starts.Count == 0 || starts.Any(start => start.Count == 0))
        {
            return null;
        }

        var mean = starts.Sum(start => start.Sum(latency => (double)latency)) / starts.Sum(start => start.Count);
        return CentreIntervals.OfMean(starts, mean)?.RelativeHalfWidth(mean);
    }
}

/// <summary>What a rule says after a start.</summary>
/// <param name="Reason">Which rule ends the timed runs; null where another start is to be made.</param>
/// <param name="Width">Half the 95 % interval of the mean in relation to the mean, or null where there is none yet.</param>
public sealed record StopDecision(StopReason? Reason, double? Width);

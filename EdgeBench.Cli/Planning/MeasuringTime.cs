using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Planning;

/// <summary>How long the runs of a cell take, timed ones and warm-up.</summary>
internal static class MeasuringTime
{
    /// <summary>About what a warm-up takes that becomes steady soon.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(200);

    /// <summary>The fewest runs of a warm-up.</summary>
    private const int WarmUpRuns = 5;

    /// <summary>The time.</summary>
    /// <param name="options">How the cell is measured.</param>
    /// <param name="nanoseconds">The latency of one run.</param>
    public static TimeSpan Of(MeasurementOptions options, double nanoseconds)
    {
        var warmUp = Math.Max(WarmUp.TotalSeconds, WarmUpRuns * nanoseconds / 1e9);
        return TimeSpan.FromSeconds(warmUp + (options.Runs * nanoseconds / 1e9));
    }
}

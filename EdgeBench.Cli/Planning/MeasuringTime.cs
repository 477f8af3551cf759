using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Planning;

/// <summary>What the options of a cell mean for its time.</summary>
internal static class MeasuringTime
{
    /// <summary>The time of all timed runs together.</summary>
    /// <param name="options">How the cell is measured.</param>
    /// <param name="nanoseconds">The latency of one run.</param>
    public static TimeSpan OfRuns(MeasurementOptions options, double nanoseconds) =>
        TimeSpan.FromMilliseconds(Math.Max(options.Runs * nanoseconds / 1e6, options.MinimumMilliseconds));

    /// <summary>
    /// How often a container is started, the pass that measures memory among them; with a wanted interval at least so often.
    /// </summary>
    public static int Containers(MeasurementOptions options) => options.Starts + (options.Memory ? 1 : 0);
}

using System.Diagnostics;
using EdgeBench.Runner.Engines;
using EdgeBench.Runner.Lines;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Measuring;

/// <summary>Times the runs of a loaded model whose inputs are filled.</summary>
internal static class Measurement
{
    // Between two lines: long enough that writing disturbs few of the runs, short enough that progress can be followed.
    private static readonly long LineInterval = Stopwatch.Frequency / 10;

    private const int LineSamples = 4096;

    // Writing a line turns the caches over. Runs that are short next to that get an untimed one before the next timed one.
    private const long ShortRunNanoseconds = 10_000_000;

    /// <summary>Runs once.</summary>
    /// <returns>Nanoseconds.</returns>
    public static long TimeOneRun(ILoadedModel model)
    {
        var begin = Stopwatch.GetTimestamp();
        model.Run();
        return Nanoseconds.Between(begin, Stopwatch.GetTimestamp());
    }

    /// <summary>Warms up until the latencies are steady, then writes those of the timed runs.</summary>
    public static void Run(ILoadedModel model, WarmUpPlan warmUp, TimedPlan timed, LineWriter lines)
    {
        var warmedUp = new WarmUp(warmUp).Run(model);
        lines.Write(warmedUp);
        var runsAreShort = warmedUp.Nanoseconds / warmedUp.Runs < ShortRunNanoseconds;

        var samples = new long[LineSamples];
        var runs = 0;
        var begin = Stopwatch.GetTimestamp();
        var minimum = begin + Ticks(timed.MinimumMilliseconds);
        for (var now = begin; runs < timed.Runs || now < minimum; now = Stopwatch.GetTimestamp())
        {
            if (runsAreShort)
            {
                TimeRuns(model, samples.AsSpan(0, 1), until: 0);
            }

            var missing = timed.Runs - runs;
            var most = missing > 0 ? Math.Min(missing, LineSamples) : LineSamples;
            var until = missing > 0 ? now + LineInterval : Math.Min(now + LineInterval, minimum);
            var count = TimeRuns(model, samples.AsSpan(0, most), until);
            lines.Write(new SamplesLine(samples[..count]));
            runs += count;
        }
    }

    /// <summary>
    /// Times runs until <paramref name="nanoseconds"/> is full or the clock says <paramref name="until"/>; at least one. Allocates nothing.
    /// </summary>
    /// <returns>How many runs there were.</returns>
    internal static int TimeRuns(ILoadedModel model, Span<long> nanoseconds, long until)
    {
        var count = 0;
        long end;
        do
        {
            var begin = Stopwatch.GetTimestamp();
            model.Run();
            end = Stopwatch.GetTimestamp();
            nanoseconds[count++] = Nanoseconds.Between(begin, end);
        }
        while (count < nanoseconds.Length && end < until);

        return count;
    }

    private static long Ticks(int milliseconds) => milliseconds * (Stopwatch.Frequency / 1000);
}

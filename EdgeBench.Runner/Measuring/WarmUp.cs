using System.Diagnostics;
using EdgeBench.Runner.Engines;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Measuring;

/// <summary>The untimed runs: until the plan's minima are met and the latencies are steady, never beyond the plan's maximum.</summary>
/// <param name="plan">The limits.</param>
internal sealed class WarmUp(WarmUpPlan plan)
{
    /// <summary>The most latencies that are told.</summary>
    internal const int MostTold = 4096;

    // The rule looks at the latest 200 ms. Runs shorter than this are taken together, so that the look stays short.
    private const long ShortestValue = 1_000_000;
    private const int Capacity = 4096;

    private readonly long[] _told = new long[MostTold];
    private readonly long[] _means = new long[Capacity];
    private readonly long[] _sums = new long[Capacity];
    private int _toldCount;
    private int _count;
    private long _sum;
    private int _runsInSum;

    /// <summary>Runs the warm-up. Allocates nothing before its end.</summary>
    public WarmedUpLine Run(ILoadedModel model)
    {
        var begin = Stopwatch.GetTimestamp();
        var minimum = begin + Ticks(plan.MinimumMilliseconds);
        var maximum = begin + Ticks(plan.MaximumMilliseconds);
        var (runs, steady) = (0, false);
        long end;
        do
        {
            var from = Stopwatch.GetTimestamp();
            model.Run();
            end = Stopwatch.GetTimestamp();
            runs++;
            steady = Add(Nanoseconds.Between(from, end)) && runs >= plan.MinimumRuns && end >= minimum && IsSteady();
        }
        while (end < maximum && !steady);

        return new WarmedUpLine(runs, Nanoseconds.Between(begin, end))
        {
            End = steady ? WarmUpEnding.Steady : WarmUpEnding.Limit,
            Latencies = _told[.._toldCount],
        };
    }

    /// <summary>Takes the latency of a run.</summary>
    /// <returns>Whether there is something new to look at.</returns>
    internal bool Add(long nanoseconds)
    {
        if (_toldCount < MostTold)
        {
            _told[_toldCount++] = nanoseconds;
        }

        (_sum, _runsInSum) = (_sum + nanoseconds, _runsInSum + 1);
        if (_sum < ShortestValue)
        {
            return false;
        }

        if (_count == Capacity)
        {
            // The later half is by far longer than the window.
            _count = Capacity / 2;
            _means.AsSpan(_count).CopyTo(_means);
            _sums.AsSpan(_count).CopyTo(_sums);
        }

        (_means[_count], _sums[_count]) = (_sum / _runsInSum, _sum);
        _count++;
        (_sum, _runsInSum) = (0, 0);
        return true;
    }

    /// <summary>Whether the latest runs are steady.</summary>
    internal bool IsSteady()
    {
        var (first, sum) = (_count, 0L);
        while (first > 0 && (sum < Steadiness.Window.Ticks * TimeSpan.NanosecondsPerTick || _count - first < Steadiness.MinimumRuns))
        {
            sum += _sums[--first];
        }

        return sum >= Steadiness.Window.Ticks * TimeSpan.NanosecondsPerTick && Steadiness.IsReached(_means.AsSpan(first, _count - first));
    }

    private static long Ticks(int milliseconds) => milliseconds * (Stopwatch.Frequency / 1000);
}

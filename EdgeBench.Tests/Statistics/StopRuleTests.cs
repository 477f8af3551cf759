using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Stopping;

namespace EdgeBench.Tests.Statistics;

/// <summary>When a cell has been measured enough.</summary>
public sealed class StopRuleTests
{
    private static readonly StopRule Asked = new(30, TimeSpan.Zero, 3, null, 20, TimeSpan.FromMinutes(5));

    private static StopReason? After(StopRule rule, IReadOnlyList<IReadOnlyList<long>> starts, double seconds = 1) =>
        rule.After(starts, TimeSpan.FromSeconds(seconds)).Reason;

    [Fact]
    public void It_goes_on_until_starts_runs_and_time_are_reached()
    {
        var series = new SimulatedSeries(1);

        Assert.Null(After(Asked, []));
        Assert.Null(After(Asked, series.Steady(2, 100)));
        Assert.Null(After(Asked, series.Steady(3, 9)));
        Assert.Equal(StopReason.AskedReached, After(Asked, series.Steady(3, 10)));
        Assert.Null(After(Asked with { MinimumTime = TimeSpan.FromSeconds(1) }, series.Steady(3, 60)));
        Assert.Equal(StopReason.AskedReached, After(Asked with { MinimumTime = TimeSpan.FromSeconds(1) }, series.Steady(3, 80)));
    }

    [Fact]
    public void Without_an_interval_to_reach_no_limit_stops_it() =>
        Assert.Null(After(Asked with { MaximumTime = TimeSpan.FromSeconds(1) }, new SimulatedSeries(1).Steady(2, 30), seconds: 1000));

    [Fact]
    public void It_stops_when_the_interval_is_as_narrow_as_asked()
    {
        var decision = (Asked with { Until = 0.02 }).After(new SimulatedSeries(1).Steady(), TimeSpan.FromSeconds(1));

        Assert.Equal(StopReason.IntervalNarrow, decision.Reason);
        Assert.InRange(decision.Width!.Value, 0, 0.02);
    }

    [Fact]
    public void Two_starts_that_agree_by_chance_do_not_stop_it()
    {
        long[] start = [.. Enumerable.Range(0, 30).Select(run => 1_000_000L + run)];

        Assert.Null(After(Asked with { Until = 0.02, Starts = 1 }, [start, start]));
        Assert.Equal(StopReason.IntervalNarrow, After(Asked with { Until = 0.02, Starts = 1 }, [start, start, start]));
    }

    [Fact]
    public void A_wide_interval_goes_on_to_the_limits()
    {
        var noisy = new SimulatedSeries(1).Steady(6, 10, deviation: 0.3);
        var rule = Asked with { Until = 0.001 };

        Assert.Null(After(rule, noisy));
        Assert.Equal(StopReason.StartLimit, After(rule with { MaximumStarts = 6 }, noisy));
        Assert.Equal(StopReason.TimeLimit, After(rule, noisy, seconds: 300));
    }
}

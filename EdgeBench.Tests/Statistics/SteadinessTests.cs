using EdgeBench.RunnerContract;

namespace EdgeBench.Tests.Statistics;

/// <summary>When a warm-up has done its work.</summary>
public sealed class SteadinessTests
{
    private static double Rate(Func<SimulatedSeries, long[]> make)
    {
        const int Times = 500;
        var series = new SimulatedSeries(1);
        return Enumerable.Range(0, Times).Count(_ => Steadiness.IsReached(make(series))) / (double)Times;
    }

    private static long[] Window(int runs, Func<int, double> factor) => [.. SimulatedSeries.Starts(1, runs, (_, run) => factor(run))[0]];

    [Fact]
    public void Too_few_runs_are_not_steady() =>
        Assert.False(Steadiness.IsReached(Window(Steadiness.MinimumRuns - 1, _ => 1)));

    [Theory]
    [InlineData(10)]
    [InlineData(41)]
    [InlineData(2000)]
    public void Noise_is_steady(int runs) =>
        Assert.InRange(Rate(series => Window(runs, _ => 1 + (0.03 * series.Normal()))), 0.95, 1);

    [Fact]
    public void A_trend_too_small_to_matter_is_steady() =>
        Assert.True(Steadiness.IsReached(Window(200, run => 1 - (0.01 * run / 200))));

    [Fact]
    public void Single_slow_runs_do_not_keep_it_from_being_steady() =>
        Assert.InRange(Rate(series => Window(40, _ => (1 + (0.01 * series.Normal())) * (series.Happens(0.02) ? 3 : 1))), 0.95, 1);

    [Theory]
    [InlineData(10, 0.10)]
    [InlineData(40, 0.05)]
    [InlineData(2000, 0.03)]
    public void Latencies_that_still_fall_are_not_steady(int runs, double fall) =>
        Assert.InRange(Rate(series => Window(runs, run => 1 + (fall * (runs - run) / runs) + (0.01 * series.Normal()))), 0, 0.05);

    [Fact]
    public void A_clock_that_was_raised_in_the_middle_is_not_steady() =>
        Assert.InRange(Rate(series => Window(100, run => (run < 50 ? 1.3 : 1) + (0.01 * series.Normal()))), 0, 0.05);
}

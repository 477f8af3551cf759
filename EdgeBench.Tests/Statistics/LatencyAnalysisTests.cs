using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Tests.Statistics;

/// <summary>Figures from latencies.</summary>
public sealed class LatencyAnalysisTests
{
    [Fact]
    public void Plain_figures_are_those_of_all_runs()
    {
        var figures = LatencyAnalysis.Of([[10, 20, 60], [30, 40]]);

        Assert.Equal(5, figures.Runs);
        Assert.Equal(2, figures.Starts);
        Assert.Equal(10, figures.Minimum);
        Assert.Equal(60, figures.Maximum);
        Assert.Equal(32, figures.Mean);
        Assert.Equal(30, figures.Median);
        Assert.Equal(Math.Sqrt(370), figures.StandardDeviation, 1e-9);
    }

    [Fact]
    public void The_interval_of_equally_long_starts_is_that_of_Student_over_their_means()
    {
        // Means 11, 13 and 15: 13 plus or minus 4.3027 (two degrees of freedom) times 2 / root 3.
        var figures = LatencyAnalysis.Of([[10, 11, 12], [12, 13, 14], [14, 15, 16]]);

        Assert.Equal(13 - (4.302653 * 2 / Math.Sqrt(3)), figures.MeanInterval!.Low, 1e-4);
        Assert.Equal(13 + (4.302653 * 2 / Math.Sqrt(3)), figures.MeanInterval.High, 1e-4);
        Assert.Equal(figures.MeanInterval.Low, figures.MedianInterval!.Low, 1e-9);
    }

    [Fact]
    public void The_variance_is_split_as_in_the_analysis_of_variance()
    {
        // Within: 1. Between the means 11, 13 and 15: 4 = between + 1/3.
        var figures = LatencyAnalysis.Of([[10, 11, 12], [12, 13, 14], [14, 15, 16]]);

        Assert.Equal(1, figures.WithinStarts!.Value, 1e-9);
        Assert.Equal(Math.Sqrt(4 - (1.0 / 3)), figures.BetweenStarts!.Value, 1e-9);
    }

    [Fact]
    public void Starts_that_differ_less_than_their_runs_explain_have_no_spread_of_their_own() =>
        Assert.Equal(0, LatencyAnalysis.Of([[10, 20, 30], [11, 20, 29]]).BetweenStarts);

    [Fact]
    public void A_single_start_has_no_spread_between_starts_and_too_few_runs_no_interval()
    {
        var figures = LatencyAnalysis.Of([[.. Enumerable.Range(100, 19).Select(value => (long)value)]]);

        Assert.Null(figures.BetweenStarts);
        Assert.Null(figures.MeanInterval);
        Assert.Null(figures.MedianInterval);
    }

    [Fact]
    public void A_single_run_has_no_deviation()
    {
        var figures = LatencyAnalysis.Of([[7]]);

        Assert.Equal(0, figures.StandardDeviation);
        Assert.Null(figures.WithinStarts);
    }

    [Fact]
    public void Nothing_has_no_figures()
    {
        Assert.Throws<ArgumentException>(() => LatencyAnalysis.Of((IReadOnlyList<IReadOnlyList<long>>)[]));
        Assert.Throws<ArgumentException>(() => LatencyAnalysis.Of([[1], []]));
    }

    [Theory]
    [InlineData(0.90, 64)]
    [InlineData(0.95, 130)]
    [InlineData(0.99, 662)]
    public void A_percentile_needs_as_many_runs_as_in_the_early_stopping_of_MLPerf(double percentile, int runs)
    {
        Assert.Equal(runs, PercentileSupport.MinimumRuns(percentile));
        Assert.False(PercentileSupport.Supports(percentile, runs - 1));
    }

    [Fact]
    public void A_percentile_is_given_only_where_the_runs_know_it()
    {
        var runs = new SimulatedSeries(1);

        Assert.Null(LatencyAnalysis.Of(runs.Steady(3, 21)).Percentile90);
        Assert.NotNull(LatencyAnalysis.Of(runs.Steady(3, 22)).Percentile90);
        Assert.Null(LatencyAnalysis.Of(runs.Steady(3, 220)).Percentile99);
        var figures = LatencyAnalysis.Of([[.. Enumerable.Range(0, 1001).Select(value => (long)value)]]);
        Assert.Equal(900, figures.Percentile90);
        Assert.Equal(990, figures.Percentile99);
    }

    /// <summary>
    /// Of every 100 intervals about 95 hold the true value; those that pretend that runs are independent would hold it far less often.
    /// </summary>
    [Theory]
    [InlineData(3, 30, 0.01, 0)]
    [InlineData(5, 30, 0.01, 0)]
    [InlineData(1, 100, 0, 0.5)]
    [InlineData(1, 1000, 0, 0.9)]
    public void An_interval_of_95_percent_holds_the_true_value_as_often_as_it_says(int starts, int runs, double between, double correlation)
    {
        const int Cells = 1000;
        var series = new SimulatedSeries(5);
        var (mean, median) = (0, 0);
        for (var cell = 0; cell < Cells; cell++)
        {
            double[] levels = [.. Enumerable.Range(0, starts).Select(_ => between * series.Normal())];
            var state = series.Normal();
            var figures = LatencyAnalysis.Of(SimulatedSeries.Starts(starts, runs, (start, _) =>
            {
                state = (correlation * state) + (Math.Sqrt(1 - (correlation * correlation)) * series.Normal());
                return 1 + levels[start] + (0.01 * state);
            }));
            mean += figures.MeanInterval is { Low: <= 4.8e6, High: >= 4.8e6 } ? 1 : 0;
            median += figures.MedianInterval is { Low: <= 4.8e6, High: >= 4.8e6 } ? 1 : 0;
        }

        Assert.InRange(mean, 0.92 * Cells, 0.98 * Cells);
        Assert.InRange(median, 0.92 * Cells, 0.98 * Cells);
    }

    [Fact]
    public void An_outlier_is_in_all_figures_and_marked()
    {
        long[] runs = [.. Enumerable.Range(0, 29).Select(run => 1000L + (run % 10)), 5000];
        var raw = new RawMeasurement(1, [new RawStart(runs, [], [])]);

        var figures = LatencyAnalysis.Of(raw);

        Assert.Equal(5000, figures.Maximum);
        Assert.Equal(runs.Average(), figures.Mean, 1e-9);
        Assert.Equal([new OutlierCount(OutlierCause.Unknown, 1)], figures.Outliers);
        Assert.Equal(new Outlier(29, 5000, OutlierCause.Unknown), Assert.Single(Outliers.Of(raw.Starts[0])));
    }

    [Fact]
    public void An_outlier_has_the_cause_that_was_seen_at_its_time()
    {
        var runs = Enumerable.Range(0, 100).Select(run => 1000L + (run % 10)).ToArray();
        runs[5] = runs[25] = runs[45] = runs[75] = runs[95] = 3000;
        TelemetrySample[] looks =
        [
            new(0, 0, [1_800_000], [50], 0, 0),
            new(100, 20, [1_800_000], [50], 0.40, 0),
            new(200, 40, [1_800_000], [50], 0.01, 0.10),
            new(300, 60, [1_000_000], [80], 0.01, 0),
            new(400, 70, [1_800_000], [60], 0.01, 0),
            new(500, 90, [1_800_000], [60], 0.01, 0),
        ];

        Assert.Equal(
            [OutlierCause.OtherLoad, OutlierCause.Steal, OutlierCause.Throttling, OutlierCause.Unknown, OutlierCause.Unknown],
            Outliers.Of(new RawStart(runs, [], looks)).Select(outlier => outlier.Cause));
    }

    [Fact]
    public void A_clock_of_few_ticks_makes_no_outliers() =>
        Assert.Empty(Outliers.Of(new RawStart([.. Enumerable.Range(0, 100).Select(run => run % 10 == 0 ? 10_018L : 10_000L)], [], [])));
}

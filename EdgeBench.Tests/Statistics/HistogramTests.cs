using EdgeBench.Statistics.Histograms;

namespace EdgeBench.Tests.Statistics;

/// <summary>Latencies sorted into bins.</summary>
public sealed class HistogramTests
{
    [Theory]
    [InlineData(1, 30)]
    [InlineData(90, 5)]
    [InlineData(1000, 20)]
    [InlineData(100_000, 40)]
    public void Every_run_is_counted_once_in_no_more_bins_than_asked(int runs, int bins)
    {
        var latencies = new SimulatedSeries(1).Steady(1, runs)[0];

        var histogram = Histogram.Of(latencies, bins);

        Assert.Equal(runs, histogram.Bins.Sum(bin => bin.Count) + histogram.Below + histogram.Above);
        Assert.InRange(histogram.Bins.Count, 1, bins);
        Assert.All(
            histogram.Bins.Skip(1).SkipLast(1),
            bin => Assert.Equal(latencies.Count(latency => latency >= bin.Low && latency < bin.High), bin.Count));
    }

    [Fact]
    public void Bins_follow_each_other_and_have_round_edges()
    {
        var histogram = Histogram.Of(new SimulatedSeries(1).Steady(1, 1000)[0], 20);
        var width = histogram.Bins[0].High - histogram.Bins[0].Low;

        Assert.Equal(histogram.Bins.SkipLast(1).Select(bin => bin.High), histogram.Bins.Skip(1).Select(bin => bin.Low));
        Assert.True(width / Math.Pow(10, Math.Floor(Math.Log10(width))) is 1 or 2 or 5, $"a width of {width}");
        Assert.Equal(0, histogram.Bins[0].Low % width);
    }

    [Fact]
    public void Far_runs_are_counted_apart_and_do_not_squeeze_the_others()
    {
        long[] latencies = [.. new SimulatedSeries(1).Steady(1, 100)[0], 50_000_000, 90_000_000, 100];

        var histogram = Histogram.Of(latencies, 20);

        Assert.Equal(2, histogram.Above);
        Assert.Equal(1, histogram.Below);
        Assert.InRange(histogram.Bins.Count(bin => bin.Count > 0), 5, 20);
    }

    [Fact]
    public void Equal_latencies_are_one_bin()
    {
        var histogram = Histogram.Of([1000, 1000, 1000], 10);

        Assert.Equal(3, Assert.Single(histogram.Bins).Count);
    }
}

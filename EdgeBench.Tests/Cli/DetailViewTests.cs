using EdgeBench.Cli.Results;
using EdgeBench.Cli.Results.Details;
using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.Tests.Cli;

/// <summary>One side of a result in full.</summary>
public class DetailViewTests
{
    private static readonly CellView Cell = CellView.Of(Documents.Task)[0];

    [Fact]
    public void Samples_stand_by_start_with_the_warm_up_and_those_that_stand_out_marked()
    {
        var text = Text(new SamplesView());

        Assert.Contains("start 1: 9 timed runs, ms   ▁▁▁▁▁▁▁▁█\n", text, StringComparison.Ordinal);
        Assert.Contains("  warm-up  30.00 19.00\n", text, StringComparison.Ordinal);
        Assert.Contains(" 18.13 40.00!\n", text, StringComparison.Ordinal);
        Assert.Contains("  ! 1 run stands out: the clock was lower, or the device throttled\n", text, StringComparison.Ordinal);
        Assert.Contains("start 2: 2 timed runs", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_histogram_counts_every_run()
    {
        var lines = Text(new SamplesView()).Split('\n').SkipWhile(line => line.Length > 0).ToList();

        var counted = lines.Where(line => line.Contains(" ms  ", StringComparison.Ordinal)).Sum(line => int.Parse(line.Split(' ')[^1]));
        Assert.Contains("  1 run above", lines);
        Assert.Equal(10, counted);
        Assert.Contains(lines, line => line.Contains('█', StringComparison.Ordinal));
    }

    [Fact]
    public void Long_series_are_cut_and_say_so()
    {
        var record = new RawMeasurement(1, [new RawStart([.. Enumerable.Range(1, 1_500).Select(run => 1_000_000L + run)], [], [])]);

        Assert.Contains(" and 1,300 more (--json has all)\n", Text(new SamplesView(), record), StringComparison.Ordinal);
    }

    [Fact]
    public void Phases_are_told_start_by_start()
    {
        var text = Text(new PhasesView());

        Assert.Contains("conversion 1500.0 ms, queue 0.0120 ms, fetching the model 900.0 ms, fetching and loading the image 2000.0 ms\n", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split('\n').Count(line => line.Contains("| steady ", StringComparison.Ordinal)));
        Assert.Contains("memory, in a pass of its own: container 210.0 MB, resident 180.0 MB", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fact_that_is_missing_says_why()
    {
        var text = Text(new FingerprintView());

        Assert.Contains("| cpu.governor | performance         |\n", text, StringComparison.Ordinal);
        Assert.Contains("| power.mode   | (this is no Jetson) |\n", text, StringComparison.Ordinal);
        Assert.Contains($"fingerprint {Cell.Result!.Fingerprint!.Hash()}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Telemetry_is_a_line_over_time_and_its_summary()
    {
        var text = Text(new TelemetryView());

        Assert.Contains("  clock 0-3        █▁  1500 to 1800 of 1800 MHz, mean 1790\n", text, StringComparison.Ordinal);
        Assert.Contains("  cpu-thermal      ▁█  52.1 to 61.5 °C\n", text, StringComparison.Ordinal);
        Assert.Contains("  load of others   ▁█  0.04 CPUs: sshd 0.03\n", text, StringComparison.Ordinal);
        Assert.Contains("  throttling       under-voltage\n", text, StringComparison.Ordinal);
        Assert.Contains("  gpu.clock.kilohertz: not known (there is no GPU)\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("5", "▅")]
    [InlineData("1 2 3 4 5 6 7 8", "▁▂▃▄▅▆▇█")]
    [InlineData("1 1 2 2 3 3", "▁▁▅▅██")]
    public void A_series_is_a_line_of_bars(string values, string line)
    {
        double[] series = [.. values.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(double.Parse)];

        Assert.Equal(line, Sparkline.Of(series));
        Assert.Equal(Math.Min(4, series.Length), Sparkline.Of(series, 4).Length);
    }

    private static string Text(DetailView view, RawMeasurement? record = null) =>
        Documents.Print(OutputFormat.Text, screen => view.Show(Cell, record ?? Documents.Record, screen));
}

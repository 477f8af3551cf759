using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Histograms;
using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Cli.Results.Details;

/// <summary>Every timed run, those that stand out marked, and how often which latency occurred.</summary>
internal sealed class SamplesView : DetailView
{
    /// <summary>So many runs of a start are listed; a program that wants all of them asks for JSON.</summary>
    private const int MostListed = 200;

    private const int MostBins = 24;
    private const int BarWidth = 40;

    /// <inheritdoc />
    public override string Name => "samples";

    /// <inheritdoc />
    public override string Description => "Show every timed run, with outliers marked, the warm-up, and a histogram";

    /// <inheritdoc />
    public override bool WantsRecord => true;

    /// <inheritdoc />
    public override void Show(CellView cell, RawMeasurement? raw, Screen screen)
    {
        foreach (var (start, index) in raw!.Starts.Select((start, index) => (start, index)))
        {
            var outliers = Outliers.Of(start).ToDictionary(outlier => outlier.Run);
            screen.Line($"start {index + 1}: {Figures.Counted(start.Samples.Count, "timed run")}, ms   {Line(start.Samples)}");
            if (start.WarmUp.Count > 0)
            {
                screen.Line($"  warm-up  {List(start.WarmUp, _ => "")}");
            }

            screen.Line($"  timed    {List(start.Samples, run => outliers.ContainsKey(run) ? "!" : "")}");
            foreach (var cause in outliers.Values.GroupBy(outlier => outlier.Cause).OrderBy(group => group.Key))
            {
                screen.Line($"  ! {Figures.Counted(cause.Count(), "run stands out", "runs stand out")}: {Word(cause.Key)}");
            }
        }

        ShowHistogram(Histogram.Of(raw.Starts.SelectMany(start => start.Samples), MostBins), screen);
    }

    /// <inheritdoc />
    public override object Describe(CellView cell, RawMeasurement? raw) => new
    {
        starts = raw!.Starts.Select(start => new
        {
            start.WarmUp,
            timed = start.Samples,
            outliers = Outliers.Of(start),
        }),
        histogram = Histogram.Of(raw.Starts.SelectMany(start => start.Samples), MostBins),
    };

    private static void ShowHistogram(Histogram histogram, Screen screen)
    {
        screen.Line();
        var most = histogram.Bins.Max(bin => bin.Count);
        var decimals = DecimalsOf(histogram.Bins[0]);
        if (histogram.Below > 0)
        {
            screen.Line($"  {Figures.Counted(histogram.Below, "run")} below");
        }

        var labels = histogram.Bins.Select(bin => Figures.Decimals(bin.Low / 1e6, decimals)).ToList();
        var width = labels.Max(label => label.Length);
        foreach (var (bin, label) in histogram.Bins.Zip(labels))
        {
            var bar = new string('█', (int)Math.Ceiling((double)bin.Count / most * BarWidth));
            screen.Line($"  {label.PadLeft(width)} ms  {bar}{(bin.Count > 0 ? " " : "")}{bin.Count}".TrimEnd());
        }

        if (histogram.Above > 0)
        {
            screen.Line($"  {Figures.Counted(histogram.Above, "run")} above");
        }
    }

    /// <summary>As many decimals as tell a bin from the next.</summary>
    private static int DecimalsOf(HistogramBin bin) =>
        Math.Clamp((int)Math.Ceiling(-Math.Log10((bin.High - bin.Low) / 1e6)), 0, 6);

    private static string Line(IReadOnlyList<long> samples) => Sparkline.Of([.. samples.Select(sample => (double)sample)]);

    private static string List(IReadOnlyList<long> latencies, Func<int, string> mark)
    {
        var listed = string.Join(' ', latencies.Take(MostListed).Select((latency, run) => Figures.Milliseconds(latency) + mark(run)));
        return latencies.Count > MostListed ? $"{listed} and {Figures.Count(latencies.Count - MostListed)} more (--json has all)" : listed;
    }

    private static string Word(OutlierCause cause) => cause switch
    {
        OutlierCause.Throttling => "the clock was lower, or the device throttled",
        OutlierCause.OtherLoad => "others ran on the same CPUs",
        OutlierCause.Steal => "the host of the virtual machine took the CPU away",
        _ => "nothing was seen that explains it",
    };
}

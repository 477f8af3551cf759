using EdgeBench.Messages.Measurements;

namespace EdgeBench.Statistics.Verdicts.Rules;

internal sealed class TooFewRuns : VerdictRule
{
    private const int Enough = 30;
    private const int Hopeless = 5;

    public override string Name => "too-few-runs";

    public override string Limit => $"fewer than {Enough} timed runs; INVALID with fewer than {Hopeless}";

    public override VerdictReason? Check(Evidence evidence)
    {
        var runs = evidence.Statistics.Runs;
        var message = $"only {Figures.Count(runs, "timed run")}; measure with --runs {Enough} or more";
        return runs < Hopeless ? Invalid(message) : runs < Enough ? Suspect(message) : null;
    }
}

internal sealed class TooFewStarts : VerdictRule
{
    public override string Name => "too-few-starts";

    public override string Limit => "a single start";

    public override VerdictReason? Check(Evidence evidence) => evidence.Statistics.Starts == 1
        ? Suspect("a single start does not show how much a fresh start moves the latency; measure with --starts 3 or more")
        : null;
}

internal sealed class WideInterval : VerdictRule
{
    private const double WidestOfMedian = 0.05;
    private const double WidestOfMean = 0.25;

    public override string Name => "wide-interval";

    public override string Limit =>
        $"half the 95 % interval of the median above {Figures.Percent(WidestOfMedian)} of it, or of the mean above "
        + $"{Figures.Percent(WidestOfMean)} of it; with --until: wider than asked";

    public override VerdictReason? Check(Evidence evidence)
    {
        var figures = evidence.Statistics;
        if (evidence.AskedWidth is { } asked && !(figures.MeanInterval?.RelativeHalfWidth(figures.Mean) <= asked))
        {
            var reached = figures.MeanInterval is { } interval
                ? $"is known to {Figures.Percent(interval.RelativeHalfWidth(figures.Mean))} only"
                : "has no interval";
            var limit = evidence.Stop switch
            {
                StopReason.TimeLimit => " before the time limit",
                StopReason.StartLimit => " within the most starts",
                _ => "",
            };
            return Suspect(
                $"the mean {reached}, not to the {Figures.Percent(asked)} asked for{limit}; allow more time, or quiet the device");
        }

        return Wide("median", figures.Median, figures.MedianInterval, WidestOfMedian)
            ?? Wide("mean", figures.Mean, figures.MeanInterval, WidestOfMean);
    }

    private VerdictReason? Wide(string what, double value, ConfidenceInterval? interval, double widest) =>
        interval?.RelativeHalfWidth(value) is { } width && width > widest
            ? Suspect(
                $"the {what} is known to {Figures.Percent(width)} only ({Figures.Time(interval.Low)} to {Figures.Time(interval.High)}); "
                + "measure more starts (--starts, --until), or quiet the device")
            : null;
}

internal sealed class NotObserved : VerdictRule
{
    public override string Name => "not-observed";

    public override string Limit => "a start without telemetry";

    public override VerdictReason? Check(Evidence evidence)
    {
        var blind = evidence.Starts.Count(start => start.Telemetry is null);
        return blind > 0
            ? Suspect(
                $"nothing is known of the device during {Figures.Count(blind, "start")}, so other load, low clocks and throttling would "
                + "not be seen; measure on a device whose edge node can read /proc and /sys")
            : null;
    }
}

using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Latencies;
using EdgeBench.Statistics.Series;

namespace EdgeBench.Statistics.Verdicts.Rules;

internal sealed class StartsDisagree : VerdictRule
{
    private const double Most = 0.05;

    public override string Name => "starts-disagree";

    public override string Limit => $"medians of two starts differ by more than {Figures.Percent(Most)} of the faster";

    public override VerdictReason? Check(Evidence evidence)
    {
        double[] medians = [.. evidence.Raw.Starts.Select(start => Quantile.MedianOf(start.Samples))];
        var (fastest, slowest) = (medians.Min(), medians.Max());
        return slowest > fastest * (1 + Most)
            ? Suspect(
                $"start {Array.IndexOf(medians, slowest) + 1} took {Figures.Time(slowest)} and start {Array.IndexOf(medians, fastest) + 1} "
                + $"{Figures.Time(fastest)}, {Figures.Percent((slowest / fastest) - 1)} apart; look for what changes between starts "
                + "(clock, temperature, other load), or measure more starts")
            : null;
    }
}

internal sealed class Steps : VerdictRule
{
    private const double Smallest = 0.03;
    private const double LeastScore = 4.5;

    public override string Name => "steps";

    public override string Limit =>
        $"the level changes for good by {Figures.Percent(Smallest)} or more, within a start or from one to another, by at least "
        + $"{LeastScore} standard errors";

    public override VerdictReason? Check(Evidence evidence)
    {
        var series = RunSeries.Of([.. evidence.Raw.Starts.Select(start => start.Samples)]);
        var within = series.Select((start, place) => Certain(start.Values) is { } shift ? new Found(shift, shift.Index, place) : null)
            .OfType<Found>()
            .MaxBy(found => found.Shift.Score);
        return (within ?? Across(series)) is { } found
            ? Told(found.Shift, (found.Value * series[found.Start].Block) + 1, found.Start + 1)
            : null;
    }

    private static Found? Across(IReadOnlyList<RunSeries> series)
    {
        if (Certain([.. series.SelectMany(start => start.Values)]) is not { } shift)
        {
            return null;
        }

        var (value, start) = (shift.Index, 0);
        while (value >= series[start].Values.Length)
        {
            value -= series[start++].Values.Length;
        }

        return new Found(shift, value, start);
    }

    private static LevelShift? Certain(double[] values) =>
        LevelShift.Find(values, Smallest) is { Score: >= LeastScore } shift ? shift : null;

    private VerdictReason Told(LevelShift shift, int run, int start) => Suspect(
        $"from about run {run} of start {start} on, runs take {Figures.Time(shift.After)} instead of {Figures.Time(shift.Before)} "
        + $"({Figures.Percent(Math.Abs(shift.Relative))} {(shift.Relative > 0 ? "slower" : "faster")}); look for a change of clock, a "
        + "throttling device or other load at that time");

    private sealed record Found(LevelShift Shift, int Value, int Start);
}

internal sealed class TwoModesOfRuns : VerdictRule
{
    private const double Nearest = 0.03;

    public override string Name => "two-modes";

    public override string Limit =>
        $"two groups of runs, each at least {Figures.Percent(TwoModes.LeastShare)} of them, {Figures.Percent(Nearest)} or more and four "
        + "standard deviations apart, with hardly "
        + "any run between them";

    public override VerdictReason? Check(Evidence evidence) =>
        TwoModes.Find(evidence.Raw.Starts.SelectMany(start => start.Samples), Nearest) is { } modes
            ? Suspect(
                $"runs are of two kinds: {Figures.Percent(1 - modes.SlowShare)} take about {Figures.Time(modes.Fast)} and "
                + $"{Figures.Percent(modes.SlowShare)} about {Figures.Time(modes.Slow)}, so mean and median tell of neither; pin the "
                + "clock, give the threads CPUs of their own (no sibling of a core in use), or stop what runs beside")
            : null;
}

internal sealed class Drift : VerdictRule
{
    private const double SmallestWithin = 0.015;
    private const double SmallestAcross = 0.025;
    private const double LeastScore = 3.5;

    public override string Name => "drift";

    public override string Limit =>
        $"a trend, at a score of {LeastScore} or more, of {Figures.Percent(SmallestWithin)} or more over the length of a start, or of "
        + $"{Figures.Percent(SmallestAcross)} or more over all runs";

    public override VerdictReason? Check(Evidence evidence)
    {
        IReadOnlyList<IReadOnlyList<long>> starts = [.. evidence.Raw.Starts.Select(start => start.Samples)];
        var series = RunSeries.Of(starts);
        var median = evidence.Statistics.Median;
        var (within, across) = (Trend.Within(series, LeastScore), Trend.Within([Joined(series)], LeastScore));
        return Told(within, starts.Average(start => start.Count), median, SmallestWithin, "from the first to the last run of a start")
            ?? Told(across, evidence.Statistics.Runs, median, SmallestAcross, "from the first to the last of all runs");
    }

    private static RunSeries Joined(IReadOnlyList<RunSeries> series) =>
        new([.. series.SelectMany(start => start.Values)], series.Max(start => start.Block));

    private VerdictReason? Told(Trend? trend, double runs, double median, double smallest, string over)
    {
        if (trend is null)
        {
            return null;
        }

        var change = trend.SlopePerRun * (runs - 1) / median;
        return Math.Abs(change) >= smallest
            ? Suspect(
                $"runs become {(change > 0 ? "slower" : "faster")} by {Figures.Percent(Math.Abs(change))} {over}; "
                + (change > 0
                    ? "the device may heat up: cool it, or measure longer until it has settled"
                    : "it was still warming up: warm up longer, and set the governor to performance"))
            : null;
    }
}

internal sealed class ManyOutliers : VerdictRule
{
    private const double Most = 0.08;

    public override string Name => "many-outliers";

    public override string Limit => $"{Figures.Percent(Most)} of the runs or more stand out";

    public override VerdictReason? Check(Evidence evidence)
    {
        var outliers = evidence.Statistics.Outliers;
        var count = outliers.Sum(outlier => outlier.Count);
        return count > 1 && count >= Most * evidence.Statistics.Runs
            ? Suspect(
                $"{count} of {Figures.Count(evidence.Statistics.Runs, "run")} stand out "
                + $"({string.Join(", ", outliers.Select(outlier => $"{outlier.Count} {Words(outlier.Cause)}"))}); quiet the device and "
                + "measure again")
            : null;
    }

    private static string Words(OutlierCause cause) => cause switch
    {
        OutlierCause.Throttling => "while the clock was low",
        OutlierCause.OtherLoad => "while others used its CPUs",
        OutlierCause.Steal => "while the host took CPU time",
        _ => "for no reason that was seen",
    };
}

internal sealed class WarmUpNotSteady : VerdictRule
{
    public override string Name => "warm-up-not-steady";

    public override string Limit => "the warm-up of a start reached its time limit before the latencies were steady";

    public override VerdictReason? Check(Evidence evidence)
    {
        var count = evidence.Starts.Count(start => start.WarmUpEnd == WarmUpEnd.Limit);
        return count > 0
            ? Suspect(
                $"the latencies were not steady yet when the warm-up of {count} of {Figures.Count(evidence.Starts.Count, "start")} ended "
                + "at its limit after "
                + $"{Figures.Time(evidence.Starts.Where(start => start.WarmUpEnd == WarmUpEnd.Limit).Max(start => start.WarmUp))}; "
                + "quiet the device, set the governor to performance, or allow a longer warm-up")
            : null;
    }
}

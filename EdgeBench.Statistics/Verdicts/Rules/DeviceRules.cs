using EdgeBench.Messages.Measurements;

namespace EdgeBench.Statistics.Verdicts.Rules;

internal sealed class CpuQuota : VerdictRule
{
    public override string Name => "cpu-quota";

    public override string Limit => "any period in which a CPU quota stopped the evaluation program";

    public override VerdictReason? Check(Evidence evidence)
    {
        var periods = evidence.Starts.Sum(start => start.Telemetry?.QuotaThrottledPeriods ?? 0);
        return periods > 0
            ? Invalid(
                $"a CPU quota stopped the evaluation program in {Figures.Count(periods, "period")}, some 10 to 100 ms each; take the quota "
                + "away (CPUQuota=, --cpus) and give CPUs instead (AllowedCPUs=, --cpuset-cpus)")
            : null;
    }
}

internal sealed class OtherLoad : VerdictRule
{
    private const double Quiet = 0.05;
    private const double Overwhelming = 0.5;
    private const double Named = 0.01;

    public override string Name => "other-load";

    public override string Limit =>
        $"others use more than {Figures.Percent(Quiet)} of one CPU's time on the measured CPUs; INVALID from "
        + $"{Figures.Percent(Overwhelming)}";

    public override VerdictReason? Check(Evidence evidence)
    {
        var worst = evidence.Starts.Select(start => start.Telemetry).OfType<Telemetry>().MaxBy(telemetry => telemetry.OtherLoad);
        if (worst?.OtherLoad is not { } load || load <= Quiet)
        {
            return null;
        }

        var names = worst.OtherProcesses.Where(process => process.Load >= Named)
            .Select(process => $"{process.Name} ({process.Process}) {Figures.Percent(process.Load)} of a CPU")
            .Take(3)
            .ToList();
        var who = names.Count > 0 ? string.Join(", ", names) : "no single process stands out";
        var message = $"others used {Figures.Cpus(load)} of the measured ones: {who}; stop them, or give them other CPUs";
        return load >= Overwhelming ? Invalid(message) : Suspect(message);
    }
}

internal sealed class OtherContainer : VerdictRule
{
    public override string Name => "other-container";

    public override string Limit => "any other container runs";

    public override VerdictReason? Check(Evidence evidence)
    {
        string[] names =
        [
            .. evidence.Starts.SelectMany(start => start.Telemetry?.OtherContainers ?? []).Distinct().Order(StringComparer.Ordinal),
        ];
        return names.Length > 0
            ? Suspect(
                $"{(names.Length == 1 ? "another container" : "other containers")} ran beside: {string.Join(", ", names.Take(5))}"
                + $"{(names.Length > 5 ? $" and {names.Length - 5} more" : "")}; stop {(names.Length == 1 ? "it" : "them")} for the "
                + "measurement")
            : null;
    }
}

internal sealed class Throttled : VerdictRule
{
    public override string Name => "throttled";

    public override string Limit => "the firmware reports any kind of throttling";

    public override VerdictReason? Check(Evidence evidence)
    {
        string[] kinds =
        [
            .. evidence.Starts.SelectMany(start => start.Telemetry?.Throttling ?? []).Distinct().Order(StringComparer.Ordinal),
        ];
        return kinds.Length > 0
            ? Suspect($"the device throttled ({string.Join(", ", kinds)}); cool it, and use a power supply that is strong enough")
            : null;
    }
}

internal sealed class ClockMoved : VerdictRule
{
    private const double Least = 0.9;

    public override string Name => "clock-moved";

    public override string Limit => $"the lowest clock seen during the runs is below {Figures.Percent(Least)} of the highest";

    public override VerdictReason? Check(Evidence evidence)
    {
        var groups = evidence.Starts.SelectMany(start => start.Telemetry?.Clocks ?? [])
            .GroupBy(clock => clock.Cpus)
            .Select(group => (Cpus: group.Key, Low: group.Min(clock => clock.Minimum), High: group.Max(clock => clock.Maximum)))
            .Where(group => group.Low < Least * group.High)
            .ToList();
        return groups.Count > 0
            ? Suspect(
                $"the clock of CPU {groups[0].Cpus} went between {Figures.Clock(groups[0].Low)} and {Figures.Clock(groups[0].High)}; set "
                + "the governor to performance (on a Jetson: jetson_clocks), and cool the device")
            : null;
    }
}

internal sealed class ClockLow : VerdictRule
{
    // Desktop processors reach their highest clock on one core only, and some 0.8 of it on all.
    private const double Least = 0.75;

    public override string Name => "clock-low";

    public override string Limit => $"a mean clock below {Figures.Percent(Least)} of the highest that the hardware allows";

    public override VerdictReason? Check(Evidence evidence)
    {
        var slowest = evidence.Starts.SelectMany(start => start.Telemetry?.Clocks ?? [])
            .Where(clock => clock.Limit > 0)
            .MinBy(clock => clock.Mean / clock.Limit);
        return slowest is { Limit: { } limit } && slowest.Mean < Least * limit
            ? Suspect(
                $"CPU {slowest.Cpus} ran at {Figures.Clock(slowest.Mean)} of {Figures.Clock(limit)}; set the governor to performance and "
                + "the greatest power mode (on a Jetson: nvpmodel -m 0, jetson_clocks), unless that clock is what you mean to measure")
            : null;
    }
}

internal sealed class Steal : VerdictRule
{
    private const double Most = 0.01;

    public override string Name => "steal";

    public override string Limit => $"the host takes more than {Figures.Percent(Most)} of the measured CPUs' time";

    public override VerdictReason? Check(Evidence evidence) =>
        evidence.Starts.Max(start => start.Telemetry?.Steal) is { } steal && steal > Most
            ? Suspect(
                $"the virtual machine's host took {Figures.Percent(steal)} of the CPU time away; measure on real hardware, or on a machine "
                + "with CPUs of its own")
            : null;
}

internal sealed class Pressure : VerdictRule
{
    private const double Most = 0.10;

    public override string Name => "pressure";

    public override string Limit => $"some task waits for a CPU in more than {Figures.Percent(Most)} of the time";

    public override VerdictReason? Check(Evidence evidence) =>
        evidence.Starts.Max(start => start.Telemetry?.CpuPressure) is { } pressure && pressure > Most
            ? Suspect(
                $"tasks waited for a CPU in {Figures.Percent(pressure)} of the time; stop what runs beside, or ask for no more threads "
                + "than there are CPUs for them")
            : null;
}

internal sealed class PageFaults : VerdictRule
{
    private const double MostPerRun = 0.1;

    public override string Name => "page-faults";

    public override string Limit => $"more than one page in {1 / MostPerRun:0} runs had to be read from disk or swap";

    public override VerdictReason? Check(Evidence evidence)
    {
        var worst = evidence.Starts.MaxBy(start => (start.Telemetry?.MajorFaults ?? 0) / (double)Math.Max(1, start.Runs));
        return worst?.Telemetry?.MajorFaults is { } faults && faults > MostPerRun * worst.Runs
            ? Suspect(
                $"{Figures.Count(faults, "page")} had to be read from disk or swap during {Figures.Count(worst.Runs, "run")}; the model "
                + "does not fit into the memory that is left: free memory, or take a smaller model or precision")
            : null;
    }
}

internal sealed class CalibrationDrift : VerdictRule
{
    private const double Most = 0.05;

    public override string Name => "calibration-drift";

    public override string Limit =>
        $"the shortest times of the calibration kernel, before and after all starts, differ by more than {Figures.Percent(Most)}";

    public override VerdictReason? Check(Evidence evidence)
    {
        var times = Calibrations.Of(evidence).Select(reading => reading.Minimum).ToList();
        return times.Count > 1 && times.Max() > (1 + Most) * times.Min()
            ? Suspect(
                $"the same piece of arithmetic took {Figures.Time(times.Min())} at one time and {Figures.Time(times.Max())} at another, so "
                + "the device itself changed its speed; cool it, set the governor to performance, and measure again")
            : null;
    }
}

internal sealed class CalibrationSpread : VerdictRule
{
    private const double Most = 0.10;

    public override string Name => "calibration-spread";

    public override string Limit => $"the median time of the calibration kernel is more than {Figures.Percent(Most)} above its shortest";

    public override VerdictReason? Check(Evidence evidence)
    {
        var worst = Calibrations.Of(evidence).MaxBy(reading => (double)reading.Median / reading.Minimum);
        return worst is not null && worst.Median > (1 + Most) * worst.Minimum
            ? Suspect(
                $"the same piece of arithmetic took {Figures.Time(worst.Minimum)} at best and {Figures.Time(worst.Median)} mostly, so "
                + "something shares the cores: another virtual machine, or a sibling thread of the same core")
            : null;
    }
}

internal static class Calibrations
{
    public static IEnumerable<CalibrationReading> Of(Evidence evidence) => evidence.Starts
        .SelectMany(start => new[] { start.Telemetry?.CalibrationBefore, start.Telemetry?.CalibrationAfter })
        .OfType<CalibrationReading>()
        .Where(reading => reading.Minimum > 0);
}

using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.Cli.Results.Details;

/// <summary>What the device did while the timed runs ran.</summary>
internal sealed class TelemetryView : DetailView
{
    /// <inheritdoc />
    public override string Name => "telemetry";

    /// <inheritdoc />
    public override string Description => "Show what the device did meanwhile: clocks, temperatures, throttling, load of others";

    /// <inheritdoc />
    public override bool WantsRecord => true;

    /// <inheritdoc />
    public override void Show(CellView cell, RawMeasurement? raw, Screen screen)
    {
        var starts = PhasesView.StartsOf(cell, raw);
        foreach (var (start, index) in starts.Select((start, index) => (start, index)))
        {
            if (start.Telemetry is not { } telemetry)
            {
                screen.Line($"start {index + 1}: no telemetry was recorded");
                continue;
            }

            var looks = raw is not null && index < raw.Starts.Count ? raw.Starts[index].Telemetry : [];
            var observed = Figures.Duration(TimeSpan.FromMilliseconds(telemetry.Nanoseconds / 1e6));
            screen.Line($"start {index + 1}: {observed}, {Figures.Counted(looks.Count, "look")}");
            foreach (var (name, line, text) in Lines(telemetry, looks))
            {
                screen.Line($"  {name,-16} {line}{(line.Length > 0 ? "  " : "")}{text}");
            }

            foreach (var missing in telemetry.Missing)
            {
                screen.Line($"  {missing.Name}: not known ({missing.Missing})");
            }
        }
    }

    /// <inheritdoc />
    public override object Describe(CellView cell, RawMeasurement? raw) => new
    {
        starts = PhasesView.StartsOf(cell, raw).Select((start, index) => new
        {
            summary = start.Telemetry,
            looks = raw is not null && index < raw.Starts.Count ? raw.Starts[index].Telemetry : [],
        }),
    };

    private static IEnumerable<(string Name, string Line, string Text)> Lines(Telemetry telemetry, IReadOnlyList<TelemetrySample> looks)
    {
        foreach (var (clock, index) in telemetry.Clocks.Select((clock, index) => (clock, index)))
        {
            var limit = clock.Limit is { } most ? $" of {Megahertz(most)}" : "";
            yield return (
                $"clock {clock.Cpus}",
                LineOf(looks, look => index < look.Kilohertz.Count && look.Kilohertz[index] > 0 ? look.Kilohertz[index] : null),
                $"{Megahertz(clock.Minimum)} to {Megahertz(clock.Maximum)}{limit} MHz, mean {Megahertz(clock.Mean)}");
        }

        foreach (var (temperature, index) in telemetry.Temperatures.Select((temperature, index) => (temperature, index)))
        {
            yield return (
                temperature.Zone,
                LineOf(looks, look => index < look.Celsius.Count ? look.Celsius[index] : null),
                $"{Figures.Decimals(temperature.Before, 1)} to {Figures.Decimals(temperature.Maximum, 1)} °C");
        }

        if (telemetry.OtherLoad is { } load)
        {
            var who = telemetry.OtherProcesses.Count == 0
                ? ""
                : $": {string.Join(", ", telemetry.OtherProcesses.Take(3).Select(other => $"{other.Name} {Figures.Decimals(other.Load, 2)}"))}";
            yield return ("load of others", LineOf(looks, look => look.OtherLoad), $"{Figures.Decimals(load, 2)} CPUs{who}");
        }

        if (telemetry.Steal is { } steal)
        {
            yield return ("stolen", LineOf(looks, look => look.Steal), Figures.Percent(steal));
        }

        if (telemetry.CpuWait is { } wait)
        {
            yield return ("ready, no CPU", "", $"{Figures.Decimals(wait, 3)} CPUs");
        }

        if (telemetry.CpuPressure is { } pressure)
        {
            yield return ("waiting for CPU", "", $"{Figures.Percent(pressure)} of the time");
        }

        if (telemetry.VoluntarySwitches is { } voluntary && telemetry.InvoluntarySwitches is { } involuntary)
        {
            yield return ("context switches", "", $"{Figures.Count(voluntary)} by itself, {Figures.Count(involuntary)} by force");
        }

        yield return ("throttling", "", telemetry.Throttling.Count == 0 ? "none seen" : string.Join(", ", telemetry.Throttling));
        if (telemetry.QuotaThrottledPeriods > 0)
        {
            yield return ("CPU quota", "", $"stopped it in {Figures.Counted(telemetry.QuotaThrottledPeriods.Value, "period")}");
        }

        if (telemetry.OtherContainers.Count > 0)
        {
            yield return ("other containers", "", string.Join(", ", telemetry.OtherContainers));
        }

        if (telemetry is { CalibrationBefore: { } before, CalibrationAfter: { } after })
        {
            yield return (
                "calibration", "", $"{Figures.Milliseconds(before.Median)} ms before, {Figures.Milliseconds(after.Median)} ms after");
        }
    }

    private static string LineOf(IReadOnlyList<TelemetrySample> looks, Func<TelemetrySample, double?> value) =>
        Sparkline.Of([.. looks.Select(value).OfType<double>()], 30);

    private static string Megahertz(double kilohertz) => Figures.Decimals(kilohertz / 1e3, 0);
}

using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Latencies;
using EdgeBench.Statistics.Verdicts;

namespace EdgeBench.Tests.Statistics;

/// <summary>Evidence on latencies that were measured on a quiet device.</summary>
internal static class EvidenceOf
{
    private static readonly Sha256 SomeOutputs = new(new string('a', 64));

    public static Telemetry Quiet { get; } = new() { Nanoseconds = 1_000_000_000, OtherLoad = 0.002, Steal = 0, QuotaThrottledPeriods = 0 };

    public static Evidence Samples(IReadOnlyList<IReadOnlyList<long>> starts)
    {
        var raw = new RawMeasurement(RawMeasurement.CurrentVersion, [.. starts.Select(samples => new RawStart(samples, [], []))]);
        return new Evidence
        {
            Raw = raw,
            Statistics = LatencyAnalysis.Of(raw),
            Starts = [.. starts.Select(Start)],
        };
    }

    /// <summary>Evidence that nothing speaks against.</summary>
    public static Evidence Good() => Samples(new SimulatedSeries(7).Steady());

    /// <summary>The same evidence with the second start changed.</summary>
    public static Evidence WithStart(this Evidence evidence, Func<StartRecord, StartRecord> change) =>
        evidence with { Starts = [.. evidence.Starts.Select((start, place) => place == 1 ? change(start) : start)] };

    /// <summary>The same evidence with the telemetry of the second start changed.</summary>
    public static Evidence WithTelemetry(this Evidence evidence, Func<Telemetry, Telemetry> change) =>
        evidence.WithStart(start => start with { Telemetry = change(start.Telemetry!) });

    private static StartRecord Start(IReadOnlyList<long> samples) => new()
    {
        Create = 40_000_000,
        Start = 120_000_000,
        Load = 30_000_000,
        FirstRun = 7_000_000,
        WarmUp = 200_000_000,
        WarmUpRuns = 41,
        WarmUpEnd = WarmUpEnd.Steady,
        Steady = samples.Sum(),
        Runs = samples.Count,
        Minimum = samples.Min(),
        Mean = samples.Average(),
        Median = samples.Order().ElementAt(samples.Count / 2),
        Outputs = SomeOutputs,
        Telemetry = Quiet,
    };
}

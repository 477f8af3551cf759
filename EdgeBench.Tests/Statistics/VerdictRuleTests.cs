using System.Globalization;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Verdicts;

namespace EdgeBench.Tests.Statistics;

/// <summary>Every rule: what breaks it, and that docs/measurement.md says the same.</summary>
public sealed class VerdictRuleTests
{
    private static readonly Dictionary<string, (Func<Evidence, Evidence> Break, VerdictLevel Level, string[] Says)> Provocations = new()
    {
        ["physics"] = (
            evidence => evidence with { Physics = new PhysicsCheck(1e12, 6e11, "measured") },
            VerdictLevel.Invalid, ["1000 GFLOP/s", "1.67 times", "600", "measured"]),
        ["fingerprint-changed"] = (
            evidence => evidence with { Changed = [new FingerprintDifference("cpu.governor", "performance", "powersave")] },
            VerdictLevel.Invalid, ["cpu.governor from performance to powersave"]),
        ["cpu-quota"] = (
            evidence => evidence.WithTelemetry(telemetry => telemetry with { QuotaThrottledPeriods = 3 }),
            VerdictLevel.Invalid, ["3 periods", "--cpuset-cpus"]),
        ["provider-not-as-asked"] = (
            evidence => (evidence with { AskedProvider = "XNNPACK" }).WithStart(start =>
                start with { Providers = new Dictionary<string, int> { ["builtin"] = 31 } }),
            VerdictLevel.Invalid, ["0 of 31 operators", "XNNPACK", "builtin (31)"]),
        ["other-load"] = (
            evidence => evidence.WithTelemetry(telemetry => telemetry with
            {
                OtherLoad = 0.31,
                OtherProcesses = [new ProcessLoad(4711, "stress", 0.29), new ProcessLoad(1, "systemd", 0.001)],
            }),
            VerdictLevel.Suspect, ["0.31 CPUs", "stress (4711) 29 %"]),
        ["throttled"] = (
            evidence => evidence.WithTelemetry(telemetry => telemetry with { Throttling = ["under-voltage"] }),
            VerdictLevel.Suspect, ["under-voltage", "power supply"]),
        ["clock-moved"] = (
            evidence => evidence.WithTelemetry(telemetry => telemetry with
            {
                Clocks = [new ClockReading("0-3", 1_000_000, 1_700_000, 1_800_000, 1_800_000)],
            }),
            VerdictLevel.Suspect, ["0-3", "1000 MHz", "1800 MHz", "performance"]),
        ["clock-low"] = (
            evidence => evidence.WithTelemetry(telemetry => telemetry with
            {
                Clocks = [new ClockReading("0-3", 600_000, 600_000, 600_000, 1_800_000)],
            }),
            VerdictLevel.Suspect, ["600 MHz of 1800 MHz", "nvpmodel"]),
        ["steal"] = (
            evidence => evidence.WithTelemetry(telemetry => telemetry with { Steal = 0.043 }), VerdictLevel.Suspect, ["4.3 %"]),
        ["other-container"] = (
            evidence => evidence.WithTelemetry(telemetry => telemetry with { OtherContainers = ["homeassistant"] }),
            VerdictLevel.Suspect, ["homeassistant"]),
        ["pressure"] = (
            evidence => evidence.WithTelemetry(telemetry => telemetry with { CpuPressure = 0.25 }), VerdictLevel.Suspect, ["25 %"]),
        ["page-faults"] = (
            evidence => evidence.WithTelemetry(telemetry => telemetry with { MajorFaults = 12 }),
            VerdictLevel.Suspect, ["12 pages", "30 runs", "memory"]),
        ["calibration-drift"] = (
            evidence => evidence.WithTelemetry(telemetry => telemetry with
            {
                CalibrationBefore = new CalibrationReading(1_000_000, 1_010_000),
                CalibrationAfter = new CalibrationReading(1_200_000, 1_210_000),
            }),
            VerdictLevel.Suspect, ["1.00 ms", "1.20 ms"]),
        ["calibration-spread"] = (
            evidence => evidence.WithTelemetry(telemetry => telemetry with
            {
                CalibrationBefore = new CalibrationReading(1_000_000, 1_500_000),
            }),
            VerdictLevel.Suspect, ["1.00 ms", "1.50 ms"]),
        ["threads-not-as-asked"] = (
            evidence => (evidence with { AskedThreads = 4 }).WithStart(start => start with { ThreadsSeen = 1, CpusUsed = 0.99 }),
            VerdictLevel.Suspect, ["4 threads were asked for", "1 thread worked"]),
        ["outputs-differ"] = (
            evidence => evidence.WithStart(start => start with { Outputs = new Sha256(new string('b', 64)) }),
            VerdictLevel.Suspect, ["3 starts", "2 different outputs"]),
        ["too-few-runs"] = (
            _ => EvidenceOf.Samples(new SimulatedSeries(1).Steady(3, 5)), VerdictLevel.Suspect, ["15 timed runs", "--runs 30"]),
        ["too-few-starts"] = (
            _ => EvidenceOf.Samples(new SimulatedSeries(1).Steady(1, 90)), VerdictLevel.Suspect, ["--starts 3"]),
        ["starts-disagree"] = (
            _ => Series((start, _) => start == 2 ? 1.08 : 1), VerdictLevel.Suspect, ["start 3", "apart"]),
        ["steps"] = (
            _ => Series((start, run) => start == 1 && run >= 20 ? 1.05 : 1), VerdictLevel.Suspect, ["run 21 of start 2", "slower"]),
        ["two-modes"] = (
            _ => Series((_, run) => run % 3 == 0 ? 1.10 : 1), VerdictLevel.Suspect, ["67 %", "33 %", "ms"]),
        ["drift"] = (
            _ => Series((_, run) => 1 - (0.04 * run / 30)), VerdictLevel.Suspect, ["faster", "of a start", "warm up longer"]),
        ["many-outliers"] = (
            _ => Series((_, run) => run % 10 == 5 ? 1.5 : 1), VerdictLevel.Suspect, ["9 of 90 runs", "9 for no reason that was seen"]),
        ["wide-interval"] = (
            _ => Series((start, _) => 1 + (0.04 * start)), VerdictLevel.Suspect, ["the median is known to", "--until"]),
        ["warm-up-not-steady"] = (
            evidence => evidence.WithStart(start => start with { WarmUpEnd = WarmUpEnd.Limit, WarmUp = 10_000_000_000 }),
            VerdictLevel.Suspect, ["1 of 3 starts", "10.0 s"]),
        ["not-observed"] = (
            evidence => evidence.WithStart(start => start with { Telemetry = null }), VerdictLevel.Suspect, ["1 start"]),
    };

    public static TheoryData<string> Rules => [.. Judge.Rules.Select(rule => rule.Name)];

    [Fact]
    public void Good_evidence_is_valid()
    {
        var evidence = EvidenceOf.Good() with
        {
            AskedThreads = 2,
            AskedCpus = "0-1",
            AskedProvider = "XNNPACK",
            Physics = new PhysicsCheck(5e11, 6e11, "measured"),
        };
        evidence = evidence with
        {
            Starts =
            [
                .. evidence.Starts.Select(start => start with
                {
                    ThreadsSeen = 2,
                    CpusSeen = "0,1",
                    CpusUsed = 1.9,
                    Providers = new Dictionary<string, int> { ["XNNPACK"] = 30, ["builtin"] = 1 },
                    Telemetry = EvidenceOf.Quiet with
                    {
                        Clocks = [new ClockReading("0-3", 1_790_000, 1_800_000, 1_800_000, 1_800_000)],
                        CpuPressure = 0.01,
                        MajorFaults = 0,
                        CalibrationBefore = new CalibrationReading(1_000_000, 1_010_000),
                        CalibrationAfter = new CalibrationReading(1_002_000, 1_015_000),
                    },
                }),
            ],
        };

        var verdict = Judge.Of(evidence);

        Assert.Empty(verdict.Reasons);
        Assert.Equal(VerdictLevel.Valid, verdict.Level);
        Assert.Equal(Judge.RulesVersion, verdict.RulesVersion);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Every_rule_is_broken_by_what_it_is_for_and_says_what_was_seen(string rule)
    {
        Assert.True(Provocations.TryGetValue(rule, out var provocation), $"nothing here breaks the rule {rule}");

        var verdict = Judge.Of(provocation.Break(EvidenceOf.Good()));

        var reason = Assert.Single(verdict.Reasons, reason => reason.Rule == rule);
        Assert.Equal(provocation.Level, reason.Level);
        Assert.All(provocation.Says, words => Assert.Contains(words, reason.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', reason.Message);
    }

    [Fact]
    public void The_worst_reason_comes_first_and_gives_the_level()
    {
        var verdict = Judge.Of(EvidenceOf.Good().WithTelemetry(telemetry => telemetry with
        {
            OtherContainers = ["homeassistant"],
            Steal = 0.5,
            QuotaThrottledPeriods = 1,
        }));

        Assert.Equal(VerdictLevel.Invalid, verdict.Level);
        Assert.Equal(["cpu-quota", "steal", "other-container"], verdict.Reasons.Select(reason => reason.Rule));
    }

    [Fact]
    public void A_hog_that_takes_half_a_measured_CPU_or_more_makes_the_result_invalid() =>
        Assert.Equal(
            VerdictLevel.Invalid, Judge.Of(EvidenceOf.Good().WithTelemetry(telemetry => telemetry with { OtherLoad = 0.5 })).Level);

    [Fact]
    public void Hardly_any_runs_are_no_result() =>
        Assert.Equal(VerdictLevel.Invalid, Judge.Of(EvidenceOf.Samples([[1_000_000, 1_001_000], [1_000_500]])).Level);

    [Theory]
    [InlineData(StopReason.TimeLimit, "before the time limit")]
    [InlineData(StopReason.StartLimit, "within the most starts")]
    public void An_interval_that_did_not_become_as_narrow_as_asked_is_told(StopReason stop, string words)
    {
        var verdict = Judge.Of(EvidenceOf.Good() with { AskedWidth = 0.0001, Stop = stop });

        Assert.Contains(words, Assert.Single(verdict.Reasons, reason => reason.Rule == "wide-interval").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "0-1", 2, "0", 1.9, "they shared CPU 0")]
    [InlineData(1, "0-3", 1, "2", 2.6, "2.6 CPUs were used")]
    [InlineData(4, null, null, null, 0.98, "no more than one CPU was used")]
    public void Threads_that_did_not_take_effect_are_told(
        int asked, string? cpus, int? threadsSeen, string? cpusSeen, double cpusUsed, string words)
    {
        var verdict = Judge.Of((EvidenceOf.Good() with { AskedThreads = asked, AskedCpus = cpus })
            .WithStart(start => start with { ThreadsSeen = threadsSeen, CpusSeen = cpusSeen, CpusUsed = cpusUsed }));

        Assert.Contains(words, Assert.Single(verdict.Reasons).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_threads_than_CPUs_may_share_them() =>
        Assert.Empty(Judge.Of((EvidenceOf.Good() with { AskedThreads = 4, AskedCpus = "0-1" })
            .WithStart(start => start with { ThreadsSeen = 4, CpusSeen = "0-1", CpusUsed = 2 })).Reasons);

    [Fact]
    public void The_documentation_names_every_rule_with_its_limit()
    {
        var rows = File.ReadLines(Repository.PathOf("docs", "measurement.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split(" | "))
            .Where(cells => cells.Length == 4)
            .ToDictionary(cells => cells[0].Trim('`'), cells => cells[1]);

        Assert.Equal(
            Judge.Rules.Select(rule => $"{rule.Name}: {rule.Limit}").Order(StringComparer.Ordinal),
            rows.Select(row => $"{row.Key}: {row.Value}").Order(StringComparer.Ordinal));
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"version {Judge.RulesVersion} of the rules"),
            File.ReadAllText(Repository.PathOf("docs", "measurement.md")),
            StringComparison.Ordinal);
    }

    private static Evidence Series(Func<int, int, double> factor)
    {
        var series = new SimulatedSeries(3);
        return EvidenceOf.Samples(SimulatedSeries.Starts(3, 30, (start, run) => factor(start, run) + (0.005 * series.Normal())));
    }
}

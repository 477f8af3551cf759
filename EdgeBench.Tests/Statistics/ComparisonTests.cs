using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Comparisons;
using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Tests.Statistics;

/// <summary>What two cells say about each other.</summary>
public sealed class ComparisonTests
{
    private static readonly Verdict Valid = new(VerdictLevel.Valid, [], 1);
    private static readonly Fingerprint Same = new([new("cpu.governor", "performance"), new("runtime.version", "1.31.1")]);

    private static MeasuredCell Cell(string name, int seed, double level, double deviation = 0.01, double between = 0, int starts = 3)
    {
        var series = new SimulatedSeries(seed);
        double[] levels = [.. Enumerable.Range(0, starts).Select(_ => level + (between * series.Normal()))];
        var runs = SimulatedSeries.Starts(starts, 30, (start, _) => levels[start] * (1 + (deviation * series.Normal())));
        return new MeasuredCell(name, LatencyAnalysis.Of(runs), Valid, Same);
    }

    [Fact]
    public void The_faster_one_is_named_with_a_ratio_and_its_interval()
    {
        Assert.Matches(@"^A is 1\.(49|50|51) ± 0\.0\d times faster than B$", Comparison.Of(Cell("A", 1, 1), Cell("B", 2, 1.5)).Sentence);
        Assert.Matches(@"^A is 1\.(49|50|51) ± 0\.0\d times faster than B$", Comparison.Of(Cell("B", 2, 1.5), Cell("A", 1, 1)).Sentence);
    }

    [Fact]
    public void Two_that_cannot_be_told_apart_are_within_noise() =>
        Assert.Matches(
            @"^within noise: A/B = (0\.9|1\.0)\d \(0\.\d\d to 1\.\d\d\)$",
            Comparison.Of(Cell("A", 1, 1, between: 0.02), Cell("B", 2, 1.005, between: 0.02)).Sentence);

    [Fact]
    public void The_two_directions_say_the_same()
    {
        var (first, second) = (Cell("A", 1, 1).Latency, Cell("B", 2, 1.2).Latency);
        var (one, other) = (Ratio.OfMedians(first, second), Ratio.OfMedians(second, first));

        Assert.Equal(one.Value, other.Inverse.Value, 1e-12);
        Assert.Equal(one.Interval!.Low, other.Inverse.Interval!.Low, 1e-12);
        Assert.Equal(one.Interval.High, other.Inverse.Interval.High, 1e-12);
    }

    [Fact]
    public void Too_few_runs_give_no_answer()
    {
        var few = new MeasuredCell("B", LatencyAnalysis.Of([[1_000_000, 1_100_000]]), Valid, Same);

        Assert.StartsWith("not known: A/B = ", Comparison.Of(Cell("A", 1, 1), few).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_valid_carries_a_warning_with_its_reasons()
    {
        var suspect = Cell("B", 2, 1) with { Verdict = new Verdict(VerdictLevel.Suspect, [new("steal", VerdictLevel.Suspect, "")], 1) };

        Assert.Empty(Comparison.Of(Cell("A", 1, 1), Cell("B", 2, 1)).Warnings);
        Assert.Equal(["B is SUSPECT (steal)"], Comparison.Of(Cell("A", 1, 1), suspect).Warnings);
        Assert.Equal(["B was not judged"], Comparison.Of(Cell("A", 1, 1), suspect with { Verdict = null }).Warnings);
        Assert.Single(Comparison.Of(Cell("A", 1, 1), Cell("B", 2, 1) with { Fingerprint = null }).Warnings);
    }

    [Fact]
    public void Every_fact_that_differs_is_told()
    {
        var other = Cell("B", 2, 1) with
        {
            Fingerprint = new([new("cpu.governor", "powersave"), new("runtime.version", "1.31.1"), new("board", "rpi4")]),
        };

        Assert.Equal(
            [new FingerprintDifference("board", null, "rpi4"), new FingerprintDifference("cpu.governor", "performance", "powersave")],
            Comparison.Of(Cell("A", 1, 1), other).Differences);
    }

    [Fact]
    public void The_interval_of_a_ratio_holds_the_true_one_as_often_as_it_says()
    {
        const int Pairs = 1000;
        var held = Enumerable.Range(0, Pairs)
            .Select(pair => (First: Cell("A", pair, 1, between: 0.01), Second: Cell("B", pair + Pairs, 1.2, between: 0.02)))
            .Count(pair => Ratio.OfMedians(pair.First.Latency, pair.Second.Latency).Interval is { Low: <= 1 / 1.2, High: >= 1 / 1.2 });

        Assert.InRange(held, 0.93 * Pairs, 0.99 * Pairs);
    }

    private static InterleaveDecision Interleave(InterleaveRule rule, SimulatedSeries series, double ratio, double noise, out int rounds)
    {
        var seen = new List<(double, double)>();
        InterleaveDecision decision;
        do
        {
            // What the device does at a time meets both.
            var common = 1e6 * (1 + (0.2 * series.Uniform()));
            seen.Add((common * ratio * (1 + (noise * series.Normal())), common * (1 + (noise * series.Normal()))));
            decision = rule.After(seen);
        }
        while (decision.End == InterleaveEnd.GoOn);

        rounds = seen.Count;
        return decision;
    }

    [Fact]
    public void Turns_end_soon_when_one_is_faster_though_the_device_wavers_by_more_than_that()
    {
        var decision = Interleave(new InterleaveRule(0.01), new SimulatedSeries(1), 1.1, 0.01, out var rounds);

        Assert.Equal(InterleaveEnd.Clear, decision.End);
        Assert.InRange(decision.Ratio!.Value, 1.08, 1.12);
        Assert.InRange(rounds, InterleaveRule.LeastRounds, 10);
    }

    [Fact]
    public void Turns_of_equals_end_within_noise_when_the_interval_is_narrow_and_else_at_the_most_rounds()
    {
        Assert.Equal(InterleaveEnd.WithinNoise, Interleave(new InterleaveRule(0.02), new SimulatedSeries(2), 1, 0.01, out _).End);
        var unclear = Interleave(new InterleaveRule(0.001, 12), new SimulatedSeries(2), 1, 0.01, out var rounds);
        Assert.Equal(InterleaveEnd.RoundLimit, unclear.End);
        Assert.Equal(12, rounds);
    }

    [Fact]
    public void Looking_after_every_round_does_not_find_differences_between_equals()
    {
        const int Comparisons = 2000;
        var series = new SimulatedSeries(3);
        var wrong = Enumerable.Range(0, Comparisons)
            .Count(_ => Interleave(new InterleaveRule(0.0001), series, 1, 0.01, out var _).End == InterleaveEnd.Clear);

        Assert.True(wrong <= 0.05 * Comparisons, $"{wrong} of {Comparisons}");
    }
}

using System.Globalization;
using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Verdicts;

namespace EdgeBench.Tests.Statistics;

/// <summary>One row of the simulation table of <c>docs/measurement.md</c>.</summary>
/// <param name="Name">What the series are like.</param>
/// <param name="Fault">Whether they should not be VALID.</param>
/// <param name="Make">Makes the starts of one cell from how many there are and the runs of each.</param>
internal sealed record Scenario(string Name, bool Fault, Func<SimulatedSeries, int, int, IReadOnlyList<IReadOnlyList<long>>> Make)
{
    private const double Noise = 0.01;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("steady, deviation 1 %", false, (series, starts, runs) => series.Steady(starts, runs)),
        new("steady, deviation 3 %", false, (series, starts, runs) => series.Steady(starts, runs, 0.03)),
        new("runs depend on the one before (correlation 0.5), deviation 1 %", false, Autocorrelated),
        new("lognormal, deviation 2 %, and 2 % of the runs 1.2 to 2 times as long", false, (series, starts, runs) =>
            Tailed(series, starts, runs, () => 1.2 + (0.8 * series.Uniform()))),
        new("the same with 2 % of the runs 3 times as long", false, (series, starts, runs) =>
            Tailed(series, starts, runs, () => 3)),
        new("starts differ by a deviation of 0.5 %", false, (series, starts, runs) => Levels(series, starts, runs, 0.005)),
        new("starts differ by a deviation of 1 %", false, (series, starts, runs) => Levels(series, starts, runs, 0.01)),
        new("drift of 5 % over all runs", true, (series, starts, runs) =>
            Noisy(series, starts, runs, (start, run) => 0.05 * ((start * runs) + run) / (starts * runs))),
        new("drift of 3 % over all runs", true, (series, starts, runs) =>
            Noisy(series, starts, runs, (start, run) => 0.03 * ((start * runs) + run) / (starts * runs))),
        new("drift of 3 % in every start", true, (series, starts, runs) => Noisy(series, starts, runs, (_, run) => 0.03 * run / runs)),
        new("drift of -5 % in every start", true, (series, starts, runs) => Noisy(series, starts, runs, (_, run) => -0.05 * run / runs)),
        new("two modes 5 % apart, half and half", true, (series, starts, runs) =>
            Noisy(series, starts, runs, (_, _) => series.Happens(0.5) ? 0.05 : 0)),
        new("two modes 10 % apart, 30 % slow", true, (series, starts, runs) =>
            Noisy(series, starts, runs, (_, _) => series.Happens(0.3) ? 0.1 : 0)),
        new("two modes 20 % apart, 20 % slow", true, (series, starts, runs) =>
            Noisy(series, starts, runs, (_, _) => series.Happens(0.2) ? 0.2 : 0)),
        new("two modes 5 % apart on plateaus of 20 runs", true, Plateaus),
        new("one step of 5 % anywhere", true, (series, starts, runs) => OneStep(series, starts, runs, 0.05)),
        new("one step of -5 % anywhere", true, (series, starts, runs) => OneStep(series, starts, runs, -0.05)),
        new("a step of 5 % in every start", true, StepInEveryStart),
        new("one start 5 % slower", true, (series, starts, runs) =>
        {
            var slow = series.Between(0, starts);
            return Noisy(series, starts, runs, (start, _) => start == slow ? 0.05 : 0);
        }),
    ];

    /// <summary>The part of so many series that are not VALID.</summary>
    public double NotValid(int starts, int runs, int series)
    {
        var simulated = new SimulatedSeries(seed: 17);
        var bad = Enumerable.Range(0, series)
            .Count(_ => Judge.Of(EvidenceOf.Samples(Make(simulated, starts, runs))).Level != VerdictLevel.Valid);
        return (double)bad / series;
    }

    private static IReadOnlyList<IReadOnlyList<long>> Noisy(SimulatedSeries series, int starts, int runs, Func<int, int, double> change) =>
        SimulatedSeries.Starts(starts, runs, (start, run) => 1 + change(start, run) + (Noise * series.Normal()));

    private static IReadOnlyList<IReadOnlyList<long>> Tailed(SimulatedSeries series, int starts, int runs, Func<double> outlier) =>
        SimulatedSeries.Starts(starts, runs, (_, _) => Math.Exp(0.02 * series.Normal()) * (series.Happens(0.02) ? outlier() : 1));

    private static IReadOnlyList<IReadOnlyList<long>> Autocorrelated(SimulatedSeries series, int starts, int runs)
    {
        var state = series.Normal();
        return SimulatedSeries.Starts(starts, runs, (_, _) =>
        {
            state = (0.5 * state) + (Math.Sqrt(0.75) * series.Normal());
            return 1 + (Noise * state);
        });
    }

    private static IReadOnlyList<IReadOnlyList<long>> Levels(SimulatedSeries series, int starts, int runs, double deviation)
    {
        double[] levels = [.. Enumerable.Range(0, starts).Select(_ => deviation * series.Normal())];
        return Noisy(series, starts, runs, (start, _) => levels[start]);
    }

    private static IReadOnlyList<IReadOnlyList<long>> OneStep(SimulatedSeries series, int starts, int runs, double size)
    {
        var at = series.Between(1, starts * runs);
        return Noisy(series, starts, runs, (start, run) => (start * runs) + run >= at ? size : 0);
    }

    private static IReadOnlyList<IReadOnlyList<long>> StepInEveryStart(SimulatedSeries series, int starts, int runs)
    {
        var at = series.Between(runs / 10, runs - (runs / 10));
        return Noisy(series, starts, runs, (_, run) => run >= at ? 0.05 : 0);
    }

    private static IReadOnlyList<IReadOnlyList<long>> Plateaus(SimulatedSeries series, int starts, int runs)
    {
        var slow = series.Happens(0.5);
        return Noisy(series, starts, runs, (_, _) =>
        {
            slow ^= series.Happens(0.05);
            return slow ? 0.05 : 0;
        });
    }
}

/// <summary>How many starts of how many runs a simulated cell has.</summary>
internal sealed record SimulatedPlan(int Starts, int Runs, int Series)
{
    public static IReadOnlyList<SimulatedPlan> All { get; } = [new(3, 10, 500), new(3, 30, 1000), new(3, 100, 300), new(10, 30, 200)];

    /// <summary>Whether there are runs enough to find every fault; 30 in all are the least that is asked for, and find most.</summary>
    public bool FindsFaults => Starts * Runs >= 90;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Starts} x {Runs}");
}

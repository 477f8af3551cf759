using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Verdicts.Rules;

namespace EdgeBench.Statistics.Verdicts;

/// <summary>Says whether a result may be quoted, by rules that know nothing of each other.</summary>
public static class Judge
{
    /// <summary>The version of <see cref="Rules"/>: a change of a rule or of its limit is a new one.</summary>
    public const int RulesVersion = 1;

    /// <summary>All rules, in the order in which reasons of one level are told.</summary>
    public static IReadOnlyList<VerdictRule> Rules { get; } =
    [
        new ImpossibleArithmetic(),
        new FingerprintChanged(),
        new CpuQuota(),
        new ProviderNotAsAsked(),
        new OtherLoad(),
        new Throttled(),
        new ClockMoved(),
        new ClockLow(),
        new Steal(),
        new OtherContainer(),
        new Pressure(),
        new PageFaults(),
        new CalibrationDrift(),
        new CalibrationSpread(),
        new ThreadsNotAsAsked(),
        new OutputsDiffer(),
        new TooFewRuns(),
        new TooFewStarts(),
        new StartsDisagree(),
        new Steps(),
        new TwoModesOfRuns(),
        new Drift(),
        new ManyOutliers(),
        new WideInterval(),
        new WarmUpNotSteady(),
        new NotObserved(),
    ];

    /// <summary>Judges a result.</summary>
    public static Verdict Of(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        IReadOnlyList<VerdictReason> reasons =
        [
            .. Rules.Select(rule => rule.Check(evidence)).OfType<VerdictReason>().OrderByDescending(reason => reason.Level),
        ];
        return new Verdict(reasons.Count == 0 ? VerdictLevel.Valid : reasons[0].Level, reasons, RulesVersion);
    }
}

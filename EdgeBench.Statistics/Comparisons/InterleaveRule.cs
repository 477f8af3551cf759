using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Statistics.Comparisons;

/// <summary>
/// When two cells that take turns on one device have been compared enough. A round is a start of each, right after one another, so what the
/// device did at that time met both; the rounds' ratios, as logarithms, are the sample.
/// </summary>
/// <param name="Width">Half the interval's width in relation to the ratio that ends it within noise, as 0.02 for 2 %.</param>
/// <param name="MaximumRounds">The most rounds.</param>
public sealed record InterleaveRule(double Width, int MaximumRounds = 30)
{
    /// <summary>Fewer rounds say nothing of how rounds differ.</summary>
    public const int LeastRounds = 4;

    /// <summary>
    /// The confidence of a single look. As it is looked at after every round, an interval of 95 % would find a difference between equals in
    /// far more than 5 % of all comparisons; this one keeps them below, see the simulation in <c>docs/measurement.md</c>.
    /// </summary>
    public const double LookConfidence = 0.995;

    /// <summary>Whether to stop now, and what is known.</summary>
    /// <param name="rounds">The medians of each round so far, both in nanoseconds.</param>
    public InterleaveDecision After(IReadOnlyList<(double First, double Second)> rounds)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        double[] logarithms = [.. rounds.Select(round => Math.Log(round.First / round.Second))];
        if (logarithms.Length == 0)
        {
            return new InterleaveDecision(InterleaveEnd.GoOn, null);
        }

        var mean = logarithms.Average();
        if (logarithms.Length < LeastRounds)
        {
            var early = new Ratio(Math.Exp(mean), null);
            return new InterleaveDecision(logarithms.Length >= MaximumRounds ? InterleaveEnd.RoundLimit : InterleaveEnd.GoOn, early);
        }

        var variance = logarithms.Sum(value => (value - mean) * (value - mean)) / (logarithms.Length - 1);
        var reach = CentreIntervals.Factor(logarithms.Length - 1, LookConfidence) * Math.Sqrt(variance / logarithms.Length);
        var ratio = new Ratio(Math.Exp(mean), new ConfidenceInterval(Math.Exp(mean - reach), Math.Exp(mean + reach)));
        return new InterleaveDecision(
            ratio.IsClear ? InterleaveEnd.Clear
            : reach <= Width ? InterleaveEnd.WithinNoise
            : logarithms.Length >= MaximumRounds ? InterleaveEnd.RoundLimit
            : InterleaveEnd.GoOn,
            ratio);
    }
}

/// <summary>What a rule says after a round.</summary>
/// <param name="End">Whether and why to stop.</param>
/// <param name="Ratio">The first in relation to the second, or null before the first round.</param>
public sealed record InterleaveDecision(InterleaveEnd End, Ratio? Ratio);

/// <summary>Whether and why two cells have been compared enough.</summary>
public enum InterleaveEnd
{
    /// <summary>Another round is to be made.</summary>
    GoOn,

    /// <summary>One is faster.</summary>
    Clear,

    /// <summary>The interval holds 1 and is as narrow as asked: if they differ, then by less than that.</summary>
    WithinNoise,

    /// <summary>The most rounds were made, and the answer is not clear.</summary>
    RoundLimit,
}

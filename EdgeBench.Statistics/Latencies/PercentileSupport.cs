namespace EdgeBench.Statistics.Latencies;

/// <summary>
/// Whether so many runs know a percentile: they do if, at 99 % confidence, more than one of them lies above the true one. The rule is that
/// of the early stopping of MLPerf Inference (inference rules, appendix Early Stopping) with the least number of runs that it allows beyond
/// the percentile, 1.
/// </summary>
public static class PercentileSupport
{
    /// <summary>The probability with which more than one run must lie beyond the percentile.</summary>
    public const double Confidence = 0.99;

    /// <summary>Whether the runs are enough.</summary>
    /// <param name="percentile">The percentile as a probability, as 0.9; above 0 and below 1.</param>
    /// <param name="runs">The runs.</param>
    public static bool Supports(double percentile, int runs) => runs > 0 && AtMostOneBeyond(percentile, runs) <= 1 - Confidence;

    /// <summary>The least number of runs that are enough: 64 for 0.9, 662 for 0.99.</summary>
    /// <param name="percentile">The percentile as a probability; above 0 and below 1.</param>
    public static int MinimumRuns(double percentile)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(percentile, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(percentile, 1);
        var runs = 1;
        while (!Supports(percentile, runs))
        {
            runs++;
        }

        return runs;
    }

    // Binomial: of n runs none or one lies beyond a percentile that each exceeds with probability 1 - p.
    private static double AtMostOneBeyond(double percentile, int runs) =>
        Math.Pow(percentile, runs) + (runs * (1 - percentile) * Math.Pow(percentile, runs - 1));
}

using EdgeBench.Messages.Measurements;
using Perfolizer.Mathematics.Distributions.ContinuousDistributions;
using Pragmastat;

namespace EdgeBench.Statistics.Latencies;

/// <summary>
/// Intervals of the mean and of the median of a cell that respect how it was sampled: runs within starts. Runs of one start share what the
/// start brought with it (where its memory lay, which clock it met), so they are no independent witnesses; starts are.
/// </summary>
internal static class CentreIntervals
{
    /// <summary>The probability with which an interval holds the true value.</summary>
    public const double Confidence = 0.95;

    /// <summary>A single start of fewer runs has no interval: too few batches to see how its runs depend on each other.</summary>
    public const int MinimumRunsOfSingleStart = 20;

    private const int LongStart = 400;

    /// <summary>
    /// The degrees of freedom of an interval: starts less one; of a single start, batches less one; null where there is no interval.
    /// </summary>
    public static int? DegreesOfFreedom(int starts, int runs) => starts > 1 ? starts - 1
        : runs >= MinimumRunsOfSingleStart ? Batches(runs) - 1
        : null;

    /// <summary>The factor of Student's distribution for an interval with so many degrees of freedom.</summary>
    public static double Factor(double degreesOfFreedom, double confidence = Confidence) =>
        new StudentDistribution(degreesOfFreedom).Quantile(Probability.Of((1 + confidence) / 2));

    /// <summary>The interval of the mean, or null where the runs do not allow one.</summary>
    public static ConfidenceInterval? OfMean(IReadOnlyList<IReadOnlyList<long>> starts, double mean)
    {
        if (starts.Count > 1)
        {
            return Around(mean, starts, [.. starts.Select(start => start.Average())]);
        }

        if (DegreesOfFreedom(1, starts[0].Count) is not { } degreesOfFreedom)
        {
            return null;
        }

        var halfWidth = Factor(degreesOfFreedom) * BatchMeansError(starts[0], latency => latency);
        return new ConfidenceInterval(mean - halfWidth, mean + halfWidth);
    }

    /// <summary>The interval of the median, or null where the runs do not allow one.</summary>
    /// <param name="starts">The latencies of each start.</param>
    /// <param name="sorted">All of them, sorted.</param>
    public static ConfidenceInterval? OfMedian(IReadOnlyList<IReadOnlyList<long>> starts, ReadOnlySpan<double> sorted)
    {
        var median = Quantile.OfSorted(sorted, 0.5);
        if (starts.Count > 1)
        {
            return Around(median, starts, [.. starts.Select(Quantile.MedianOf)]);
        }

        if (DegreesOfFreedom(1, sorted.Length) is not { } degreesOfFreedom)
        {
            return null;
        }

        // Woodruff 1952: the interval of the share of runs below the median, carried back through the distribution of the runs.
        var halfWidth = Factor(degreesOfFreedom) * BatchMeansError(starts[0], latency => latency <= median ? 1 : 0);
        return halfWidth < 0.5
            ? new ConfidenceInterval(Quantile.OfSorted(sorted, 0.5 - halfWidth), Quantile.OfSorted(sorted, 0.5 + halfWidth))
            : null;
    }

    // The starts are the sampled units, of unequal size (Cochran, Sampling Techniques, 1977, section 9A.1): with equal sizes this is
    // Student's interval of the means of the starts.
    private static ConfidenceInterval Around(double centre, IReadOnlyList<IReadOnlyList<long>> starts, double[] centres)
    {
        double runs = starts.Sum(start => start.Count);
        var weighted = centres.Select((value, start) => value * starts[start].Count / runs).Sum();
        var squares = centres.Select((value, start) => Math.Pow((value - weighted) * starts[start].Count / runs, 2)).Sum();
        var error = Math.Sqrt(squares * starts.Count / (starts.Count - 1));
        var halfWidth = Factor(starts.Count - 1) * error;
        return new ConfidenceInterval(centre - halfWidth, centre + halfWidth);
    }

    // Batch means (Schmeiser 1982 advises 10 to 30 batches): means of consecutive runs hardly depend on each other though the runs do.
    private static double BatchMeansError(IReadOnlyList<long> runs, Func<long, double> value)
    {
        var batches = Batches(runs.Count);
        var means = new double[batches];
        for (var batch = 0; batch < batches; batch++)
        {
            var begin = (int)((long)batch * runs.Count / batches);
            var end = (int)((long)(batch + 1) * runs.Count / batches);
            for (var run = begin; run < end; run++)
            {
                means[batch] += value(runs[run]) / (end - begin);
            }
        }

        var mean = means.Average();
        return Math.Sqrt(means.Sum(batch => (batch - mean) * (batch - mean)) / (batches - 1) / batches);
    }

    private static int Batches(int runs) => runs < LongStart ? 10 : 20;
}

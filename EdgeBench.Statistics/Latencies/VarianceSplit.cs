namespace EdgeBench.Statistics.Latencies;

/// <summary>
/// How much of the spread is between runs of one start and how much between starts: the one-way random effects model, by the method of
/// moments (Searle, Casella and McCulloch, Variance Components, 1992, section 3.6), which allows starts of unequal length.
/// </summary>
/// <param name="WithinStarts">The standard deviation between runs of one start; null where no start has two runs.</param>
/// <param name="BetweenStarts">
/// The standard deviation between starts beyond what their runs explain, 0 where they explain all; null for a single start.
/// </param>
public sealed record VarianceSplit(double? WithinStarts, double? BetweenStarts)
{
    /// <summary>Splits the variance of runs within starts.</summary>
    public static VarianceSplit Of(IReadOnlyList<IReadOnlyList<long>> starts)
    {
        ArgumentNullException.ThrowIfNull(starts);
        double runs = starts.Sum(start => start.Count);
        double[] means = [.. starts.Select(start => start.Average())];
        if (runs <= starts.Count)
        {
            return new VarianceSplit(null, null);
        }

        var squares = starts.Select((start, place) => start.Sum(latency => Math.Pow(latency - means[place], 2))).Sum();
        var within = squares / (runs - starts.Count);
        if (starts.Count < 2)
        {
            return new VarianceSplit(Math.Sqrt(within), null);
        }

        var mean = means.Select((value, place) => value * starts[place].Count).Sum() / runs;
        var between = means.Select((value, place) => starts[place].Count * Math.Pow(value - mean, 2)).Sum() / (starts.Count - 1);
        var size = (runs - (starts.Sum(start => Math.Pow(start.Count, 2)) / runs)) / (starts.Count - 1);
        return new VarianceSplit(Math.Sqrt(within), Math.Sqrt(Math.Max(0, (between - within) / size)));
    }
}

namespace EdgeBench.Overhead;

/// <summary>An estimate with its 95 % interval.</summary>
internal sealed record Estimate(double Value, double Low, double High)
{
    private const int Resamples = 4000;
    private const int Seed = 1;

    /// <summary>The median of values.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>
    /// What a statistic says of paired rounds. The interval is the percentile bootstrap (Efron 1979) over rounds, so that what both sides
    /// of
    /// a round met, such as other load, stays together.
    /// </summary>
    /// <param name="rounds">The rounds; at least one.</param>
    /// <param name="statistic">The statistic.</param>
    public static Estimate Of<T>(IReadOnlyList<T> rounds, Func<IReadOnlyList<T>, double> statistic)
    {
        var random = new Random(Seed);
        var resampled = new double[Resamples];
        for (var resample = 0; resample < Resamples; resample++)
        {
            resampled[resample] = statistic(random.GetItems([.. rounds], rounds.Count));
        }

        Array.Sort(resampled);
        return new Estimate(statistic(rounds), resampled[(int)(Resamples * 0.025)], resampled[(int)(Resamples * 0.975)]);
    }
}

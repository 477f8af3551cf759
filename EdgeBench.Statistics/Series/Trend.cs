using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Statistics.Series;

/// <summary>
/// A trend by ranks: the test of Mann (1945) and Kendall (1975) and the slope of Theil (1950) and Sen (1968), over several series at once by
/// comparing only within each, as Hirsch, Slack and Smith (1982) do for seasons. Outliers weigh no more than other values.
/// </summary>
/// <param name="Score">The test's statistic, standard normal without a trend.</param>
/// <param name="SlopePerRun">By how much the latency changes from run to run, in nanoseconds.</param>
internal sealed record Trend(double Score, double SlopePerRun)
{
    /// <summary>The trend within the series.</summary>
    /// <returns>Null where no series has two values.</returns>
    public static Trend? Within(IReadOnlyList<RunSeries> series)
    {
        long concordance = 0;
        double variance = 0;
        var slopes = new List<double>();
        foreach (var (values, block) in series)
        {
            double count = values.Length;
            variance += count * (count - 1) * ((2 * count) + 5) / 18;
            for (var first = 0; first < values.Length; first++)
            {
                for (var second = first + 1; second < values.Length; second++)
                {
                    var difference = values[second] - values[first];
                    concordance += Math.Sign(difference);
                    slopes.Add(difference / (second - first) / block);
                }
            }
        }

        if (slopes.Count == 0)
        {
            return null;
        }

        var sorted = slopes.ToArray();
        Array.Sort(sorted);
        return new Trend((concordance - Math.Sign(concordance)) / Math.Sqrt(variance), Quantile.MedianOfSorted<double>(sorted));
    }
}

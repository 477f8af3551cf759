using System.Runtime.InteropServices;
using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Statistics.Series;

/// <summary>
/// A trend by ranks: the test of Mann (1945) and Kendall (1975) and the slope of Theil (1950) and Sen (1968), over several series at once
/// by comparing only within each, as Hirsch, Slack and Smith (1982) do for seasons. Outliers weigh no more than other values.
/// </summary>
/// <param name="Score">The test's statistic, standard normal without a trend.</param>
/// <param name="SlopePerRun">By how much the latency changes from run to run, in nanoseconds.</param>
internal sealed record Trend(double Score, double SlopePerRun)
{
    /// <summary>The trend within the series, if it is certain enough.</summary>
    /// <param name="series">The series.</param>
    /// <param name="leastScore">The least score, up or down.</param>
    /// <returns>Null where there is none, or none so certain.</returns>
    public static Trend? Within(IReadOnlyList<RunSeries> series, double leastScore)
    {
        var concordance = series.Sum(part => Concordance(part.Values));
        var variance = series.Sum(part => Variance(part.Values.Length));
        var score = (concordance - Math.Sign(concordance)) / Math.Sqrt(variance);
        return variance > 0 && Math.Abs(score) >= leastScore ? new Trend(score, MedianSlope(series)) : null;
    }

    private static long Concordance(ReadOnlySpan<double> values)
    {
        long concordance = 0;
        for (var first = 0; first < values.Length; first++)
        {
            var value = values[first];
            foreach (var later in values[(first + 1)..])
            {
                concordance += later > value ? 1 : later < value ? -1 : 0;
            }
        }

        return concordance;
    }

    private static double Variance(double count) => count * (count - 1) * ((2 * count) + 5) / 18;

    private static double MedianSlope(IReadOnlyList<RunSeries> series)
    {
        var slopes = new List<double>();
        foreach (var (values, block) in series)
        {
            for (var first = 0; first < values.Length; first++)
            {
                for (var second = first + 1; second < values.Length; second++)
                {
                    slopes.Add((values[second] - values[first]) / ((second - first) * block));
                }
            }
        }

        slopes.Sort();
        return Quantile.MedianOfSorted<double>(CollectionsMarshal.AsSpan(slopes));
    }
}

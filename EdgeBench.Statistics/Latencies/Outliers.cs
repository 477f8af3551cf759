using EdgeBench.Messages.Measurements;
using Perfolizer.Mathematics.OutlierDetection;
using Perfolizer.Mathematics.QuantileEstimators;

namespace EdgeBench.Statistics.Latencies;

/// <summary>Marks the runs that stand out, with what the device was seen to do at that time.</summary>
public static class Outliers
{
    /// <summary>A run stands out beyond so many interquartile ranges from the quartiles of its start: Tukey's "far out" (1977).</summary>
    public const double Fence = 3;

    /// <summary>And beyond this share of the start's median: a clock of few ticks makes an interquartile range of nothing.</summary>
    public const double LeastDistance = 0.01;

    /// <summary>Fewer runs have no quartiles worth the name.</summary>
    public const int MinimumRuns = 8;

    /// <summary>A clock below this share of the start's usual one is throttling.</summary>
    public const double LowClock = 0.95;

    /// <summary>CPU time of others, in relation to the time between two looks, from which it counts as a cause.</summary>
    public const double CausingLoad = 0.05;

    /// <summary>Stolen time, in relation to the time between two looks, from which it counts as a cause.</summary>
    public const double CausingSteal = 0.02;

    /// <summary>The runs of a start that stand out, in their order.</summary>
    /// <param name="start">What was recorded of the start.</param>
    public static IEnumerable<Outlier> Of(RawStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        if (start.Samples.Count < MinimumRuns)
        {
            return [];
        }

        double[] latencies = [.. start.Samples];
        var quartiles = Quartiles.Create(latencies);
        var fences = TukeyOutlierDetector.Create(quartiles, Fence);
        var causes = new Causes(start.Telemetry);
        return
        [
            .. from run in Enumerable.Range(0, latencies.Length)
               where fences.IsOutlier(latencies[run]) && Math.Abs(latencies[run] - quartiles.Median) > LeastDistance * quartiles.Median
               select new Outlier(run, start.Samples[run], causes.At(run)),
        ];
    }

    private sealed class Causes(IReadOnlyList<TelemetrySample> looks)
    {
        private readonly double[] _usualClocks = UsualClocks(looks);

        public OutlierCause At(int run)
        {
            // A look tells of the time since the one before it, so the first that counts this run as ended covers it.
            var (first, last) = (0, looks.Count);
            while (first < last)
            {
                var middle = (first + last) / 2;
                (first, last) = looks[middle].Runs > run ? (first, middle) : (middle + 1, last);
            }

            if (first == looks.Count)
            {
                return OutlierCause.Unknown;
            }

            var look = looks[first];
            return ClockIsLow(look) || (first > 0 && ClockIsLow(looks[first - 1])) ? OutlierCause.Throttling
                : look.OtherLoad >= CausingLoad ? OutlierCause.OtherLoad
                : look.Steal >= CausingSteal ? OutlierCause.Steal
                : OutlierCause.Unknown;
        }

        private bool ClockIsLow(TelemetrySample look) => look.Kilohertz
            .Zip(_usualClocks)
            .Any(clock => clock.First > 0 && clock.First < LowClock * clock.Second);

        private static double[] UsualClocks(IReadOnlyList<TelemetrySample> looks) =>
        [
            .. from clock in Enumerable.Range(0, looks.Count == 0 ? 0 : looks.Min(look => look.Kilohertz.Count))
               let known = looks.Select(look => look.Kilohertz[clock]).Where(kilohertz => kilohertz > 0).ToList()
               select known.Count == 0 ? 0 : Quantile.MedianOf(known),
        ];
    }
}

using System.Globalization;
using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Statistics.Comparisons;

/// <summary>
/// How many times one value is the other, with an interval. It is made on logarithms, where the errors of both sides add up, with Welch's
/// and Satterthwaite's degrees of freedom, so that A to B and B to A say the same.
/// </summary>
/// <param name="Value">The first divided by the second.</param>
/// <param name="Interval">The interval of that; null where one side has none.</param>
public sealed record Ratio(double Value, ConfidenceInterval? Interval)
{
    /// <summary>Whether the interval leaves out 1, so that the two differ.</summary>
    public bool IsClear => Interval is { } interval && (interval.Low > 1 || interval.High < 1);

    /// <summary>The second divided by the first.</summary>
    public Ratio Inverse => new(1 / Value, Interval is { } interval ? new ConfidenceInterval(1 / interval.High, 1 / interval.Low) : null);

    /// <summary>
    /// The answer in one line, as <c>A is 1.47 ± 0.07 times faster than B</c> or <c>within noise: A/B = 1.01 (0.97 to 1.05)</c>.
    /// </summary>
    /// <param name="first">What to call the first.</param>
    /// <param name="second">What to call the second.</param>
    public string Sentence(string first, string second)
    {
        if (Interval is not { } interval)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"not known: {first}/{second} = {Value:0.00}, but the runs of one are too few for an interval");
        }

        if (!IsClear)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"within noise: {first}/{second} = {Value:0.00} ({interval.Low:0.00} to {interval.High:0.00})");
        }

        var (faster, slower, times) = Value < 1 ? (first, second, Inverse) : (second, first, this);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{faster} is {times.Value:0.00} ± {(times.Interval!.High - times.Interval.Low) / 2:0.00} times faster than {slower}");
    }

    /// <summary>The ratio of two medians.</summary>
    public static Ratio OfMedians(LatencyStatistics first, LatencyStatistics second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Of(
            new Side(first.Median, first.MedianInterval, first.Starts, first.Runs),
            new Side(second.Median, second.MedianInterval, second.Starts, second.Runs));
    }

    /// <summary>The ratio of two means.</summary>
    public static Ratio OfMeans(LatencyStatistics first, LatencyStatistics second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Of(
            new Side(first.Mean, first.MeanInterval, first.Starts, first.Runs),
            new Side(second.Mean, second.MeanInterval, second.Starts, second.Runs));
    }

    private static Ratio Of(Side first, Side second)
    {
        var value = first.Value / second.Value;
        if (first.Error is not { } one || second.Error is not { } other)
        {
            return new Ratio(value, null);
        }

        var variance = (one * one) + (other * other);
        if (variance == 0)
        {
            return new Ratio(value, new ConfidenceInterval(value, value));
        }

        var degreesOfFreedom = variance * variance
            / ((Math.Pow(one, 4) / first.DegreesOfFreedom!.Value) + (Math.Pow(other, 4) / second.DegreesOfFreedom!.Value));
        var reach = Math.Exp(CentreIntervals.Factor(degreesOfFreedom) * Math.Sqrt(variance));
        return new Ratio(value, new ConfidenceInterval(value / reach, value * reach));
    }

    // An interval gives its error back, as its factor follows from starts and runs: so a comparison needs no raw samples.
    private sealed record Side(double Value, ConfidenceInterval? Interval, int Starts, int Runs)
    {
        public int? DegreesOfFreedom => CentreIntervals.DegreesOfFreedom(Starts, Runs);

        public double? Error => Interval is { } interval && DegreesOfFreedom is { } degreesOfFreedom
            ? interval.RelativeHalfWidth(Value) / CentreIntervals.Factor(degreesOfFreedom)
            : null;
    }
}

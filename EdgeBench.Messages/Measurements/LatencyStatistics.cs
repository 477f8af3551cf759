using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Measurements;

/// <summary>
/// Latencies of the timed runs of a cell, in nanoseconds, over all starts. They follow from the raw samples, which are an artifact; no
/// sample
/// is left out of any figure. The formulas stand in <c>docs/measurement.md</c>.
/// </summary>
public sealed record LatencyStatistics
{
    /// <summary>How many runs, over all starts.</summary>
    public required int Runs { get; init; }

    /// <summary>How many starts.</summary>
    public required int Starts { get; init; }

    /// <summary>The shortest.</summary>
    public required long Minimum { get; init; }

    /// <summary>The longest.</summary>
    public required long Maximum { get; init; }

    /// <summary>The arithmetic mean.</summary>
    public required double Mean { get; init; }

    /// <summary>The middle one, or the mean of the two middle ones.</summary>
    public required double Median { get; init; }

    /// <summary>The sample standard deviation (divisor n - 1), 0 for a single run.</summary>
    public required double StandardDeviation { get; init; }

    /// <summary>The 95 % interval of the mean; null where the runs do not allow one.</summary>
    public ConfidenceInterval? MeanInterval { get; init; }

    /// <summary>The 95 % interval of the median; null where the runs do not allow one.</summary>
    public ConfidenceInterval? MedianInterval { get; init; }

    /// <summary>The 90th percentile; null where the runs are too few for it to be known.</summary>
    public double? Percentile90 { get; init; }

    /// <summary>The 99th percentile; null where the runs are too few for it to be known.</summary>
    public double? Percentile99 { get; init; }

    /// <summary>The standard deviation between runs of one start.</summary>
    public double? WithinStarts { get; init; }

    /// <summary>The standard deviation between the means of starts that runs do not explain; null for a single start.</summary>
    public double? BetweenStarts { get; init; }

    /// <summary>How many runs stand out, by cause. They are in all figures.</summary>
    public IReadOnlyList<OutlierCount> Outliers { get; init; } = [];
}

/// <summary>An interval that holds the true value with a stated probability.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public sealed record ConfidenceInterval(double Low, double High)
{
    /// <summary>Half of its width in relation to a value, as 0.02 for plus or minus 2 %.</summary>
    public double RelativeHalfWidth(double value) => (High - Low) / 2 / value;
}

/// <summary>How many runs stand out for one cause.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Count">The runs.</param>
public sealed record OutlierCount(OutlierCause Cause, int Count);

/// <summary>What may have made a run stand out.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<OutlierCause>))]
public enum OutlierCause
{
    /// <summary>Nothing that was seen.</summary>
    Unknown,

    /// <summary>The clock was lower than in the other runs, or the device throttled.</summary>
    Throttling,

    /// <summary>Other processes or containers ran on the same CPUs.</summary>
    OtherLoad,

    /// <summary>The host of the virtual machine took the CPU away.</summary>
    Steal,
}

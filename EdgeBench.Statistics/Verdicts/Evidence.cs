using EdgeBench.Messages.Measurements;

namespace EdgeBench.Statistics.Verdicts;

/// <summary>All that speaks for or against a result. What is not known is null or empty, and then speaks for neither.</summary>
public sealed record Evidence
{
    /// <summary>What was recorded; at least one start, each with timed runs.</summary>
    public required RawMeasurement Raw { get; init; }

    /// <summary>The figures that follow from it.</summary>
    public required LatencyStatistics Statistics { get; init; }

    /// <summary>The starts, as many as were recorded.</summary>
    public required IReadOnlyList<StartRecord> Starts { get; init; }

    /// <summary>Which rule ended the timed runs.</summary>
    public StopReason Stop { get; init; } = StopReason.AskedReached;

    /// <summary>
    /// Half the interval's width in relation to the mean that was asked for, as 0.02 for <c>--until 2%</c>; null without.
    /// </summary>
    public double? AskedWidth { get; init; }

    /// <summary>The threads that one inference was to use.</summary>
    public int? AskedThreads { get; init; }

    /// <summary>The CPUs that the evaluation program was to use, as a list of the kernel's form.</summary>
    public string? AskedCpus { get; init; }

    /// <summary>
    /// The provider or delegate that was to run the operators, by the name that <see cref="StartRecord.Providers"/> uses.
    /// </summary>
    public string? AskedProvider { get; init; }

    /// <summary>The latency beside what the device can do.</summary>
    public PhysicsCheck? Physics { get; init; }

    /// <summary>Facts of the fingerprint that were not the same before and after.</summary>
    public IReadOnlyList<FingerprintDifference> Changed { get; init; } = [];
}

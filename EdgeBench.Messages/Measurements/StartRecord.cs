using System.Text.Json.Serialization;
using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Messages.Measurements;

/// <summary>One fresh start of the evaluation program: its phases in nanoseconds, what took effect, and what it measured.</summary>
public sealed record StartRecord
{
    /// <summary>Making the container or job folder, the model's files included.</summary>
    public required long Create { get; init; }

    /// <summary>From the order to start to the program's first line.</summary>
    public required long Start { get; init; }

    /// <summary>Loading the model.</summary>
    public required long Load { get; init; }

    /// <summary>The first inference.</summary>
    public required long FirstRun { get; init; }

    /// <summary>The warm-up.</summary>
    public required long WarmUp { get; init; }

    /// <summary>The runs of the warm-up, the first inference not among them.</summary>
    public required int WarmUpRuns { get; init; }

    /// <summary>Why the warm-up ended.</summary>
    public required WarmUpEnd WarmUpEnd { get; init; }

    /// <summary>All timed runs together.</summary>
    public required long Steady { get; init; }

    /// <summary>The timed runs.</summary>
    public required int Runs { get; init; }

    /// <summary>The shortest timed run.</summary>
    public required long Minimum { get; init; }

    /// <summary>The mean of the timed runs.</summary>
    public required double Mean { get; init; }

    /// <summary>The median of the timed runs.</summary>
    public required double Median { get; init; }

    /// <summary>The SHA-256 of the outputs of the last run.</summary>
    public required Sha256 Outputs { get; init; }

    /// <summary>
    /// The threads of the evaluation program that were alive and had used CPU time during the timed runs; null where the system does not
    /// tell.
    /// </summary>
    public int? ThreadsSeen { get; init; }

    /// <summary>The CPUs that these threads were seen on, as a list of the kernel's form; null where the system does not tell.</summary>
    public string? CpusSeen { get; init; }

    /// <summary>
    /// CPU time of the evaluation program in relation to the time of its timed runs: how many CPUs it really used; null where the system
    /// does
    /// not tell.
    /// </summary>
    public double? CpusUsed { get; init; }

    /// <summary>
    /// Where the runtime ran the operators, by the name of its provider or delegate, with how many each had; null where it does not tell.
    /// </summary>
    public IReadOnlyDictionary<string, int>? Providers { get; init; }

    /// <summary>What the device did meanwhile.</summary>
    public Telemetry? Telemetry { get; init; }
}

/// <summary>Why a warm-up ended.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<WarmUpEnd>))]
public enum WarmUpEnd
{
    /// <summary>The latencies had become steady.</summary>
    Steady,

    /// <summary>It had lasted as long as it may, and the latencies were not steady yet.</summary>
    Limit,

    /// <summary>It ran as asked, and the program does not tell whether it was steady.</summary>
    NotTold,
}

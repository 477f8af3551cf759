using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.Messages.Tasks;

/// <summary>What was measured in a cell, with what explains it.</summary>
public sealed record CellResult
{
    /// <summary>The latencies summed up, over all starts.</summary>
    public required LatencyStatistics Latency { get; init; }

    /// <summary>All that was recorded, every latency among it: the JSON of a <see cref="RawMeasurement"/>.</summary>
    public required ArtifactRef Raw { get; init; }

    /// <summary>How long the parts took that come before the first start.</summary>
    public required PhaseTimes Phases { get; init; }

    /// <summary>
    /// The starts in their order; of more than <see cref="MaximumStarts"/> the first, as an event has its limits. All of them are in
    /// <see cref="Raw"/>.
    /// </summary>
    public required IReadOnlyList<StartRecord> Starts { get; init; }

    /// <summary>Which rule ended the timed runs.</summary>
    public required StopReason Stop { get; init; }

    /// <summary>What ran it, for people; all that can move a latency is in <see cref="Fingerprint"/>.</summary>
    public required RunConditions Conditions { get; init; }

    /// <summary>The memory that inference took, or null where that was not measured.</summary>
    public MemoryRecord? Memory { get; init; }

    /// <summary>All that can move the latency, or null where it was not recorded.</summary>
    public Fingerprint? Fingerprint { get; init; }

    /// <summary>
    /// The hash over the facts of the device (<see cref="Devices.DeviceDescription.Host"/>) that held from the first start to the last, or
    /// null where they are not known or did not hold.
    /// </summary>
    public Sha256? Host { get; init; }

    /// <summary>The latency beside what the device can do, or null where one of both is not known.</summary>
    public PhysicsCheck? Physics { get; init; }

    /// <summary>Whether the result may be quoted, or null where nobody judged it.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The most starts that <see cref="Starts"/> holds.</summary>
    public const int MaximumStarts = 10;
}

/// <summary>Times of the phases before the first start, in nanoseconds; null where a phase did not happen.</summary>
public sealed record PhaseTimes
{
    /// <summary>Waiting for other measurements on the same host.</summary>
    public required long Queue { get; init; }

    /// <summary>Fetching the model file, and inputs given as files, from the server.</summary>
    public long? Fetch { get; init; }

    /// <summary>Fetching the runtime image and loading it into the engine.</summary>
    public long? Image { get; init; }
}

/// <summary>What a measurement ran with, in a few words for tables.</summary>
public sealed record RunConditions
{
    /// <summary><c>container</c> or <c>process</c>.</summary>
    public required string Isolation { get; init; }

    /// <summary>The runtime's name.</summary>
    public required string Runtime { get; init; }

    /// <summary>The version that its native library reported.</summary>
    public required string RuntimeVersion { get; init; }

    /// <summary>The threads that the runtime was configured with.</summary>
    public required int Threads { get; init; }

    /// <summary>The runtime's options in force, by name.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>
    /// The CPUs that the evaluation program was pinned to, as a list of the kernel's form (<c>0-2</c>), or null where it was not pinned.
    /// </summary>
    public string? Cpus { get; init; }

    /// <summary>Its memory limit in bytes, or null where there was none.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>The container engine and its version, or null for a process.</summary>
    public string? Engine { get; init; }

    /// <summary>The device's architecture: <c>x64</c> or <c>arm64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>The processor's name, or null where the system does not tell.</summary>
    public string? Processor { get; init; }

    /// <summary>The version of the edge node.</summary>
    public required string EdgeVersion { get; init; }
}

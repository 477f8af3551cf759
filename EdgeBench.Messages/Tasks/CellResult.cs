using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Messages.Tasks;

/// <summary>What was measured in a cell, with what explains it.</summary>
public sealed record CellResult
{
    /// <summary>The latencies summed up.</summary>
    public required LatencySummary Latency { get; init; }

    /// <summary>Every latency in the order of the runs: a JSON array of nanoseconds.</summary>
    public required ArtifactRef Samples { get; init; }

    /// <summary>How long the parts took that are not inference.</summary>
    public required PhaseTimes Phases { get; init; }

    /// <summary>What ran it.</summary>
    public required RunConditions Conditions { get; init; }

    /// <summary>The SHA-256 of the outputs of the last run, on the seeded inputs.</summary>
    public required Sha256 Outputs { get; init; }

    /// <summary>The greatest resident memory of the evaluation program in bytes, or null where the system does not tell.</summary>
    public long? PeakResidentBytes { get; init; }
}

/// <summary>Times of the phases of a start, in nanoseconds; null where a phase did not happen.</summary>
public sealed record PhaseTimes
{
    /// <summary>Fetching the model file from the server.</summary>
    public long? Fetch { get; init; }

    /// <summary>Fetching the runtime image and loading it into the engine.</summary>
    public long? Image { get; init; }

    /// <summary>From asking for a container, or child process, to the runner's first line.</summary>
    public required long Start { get; init; }

    /// <summary>Loading the model.</summary>
    public required long Load { get; init; }

    /// <summary>The first inference.</summary>
    public required long FirstRun { get; init; }

    /// <summary>The warm-up.</summary>
    public required long WarmUp { get; init; }

    /// <summary>The runs of the warm-up, the first inference not among them.</summary>
    public required int WarmUpRuns { get; init; }
}

/// <summary>What took effect in a measurement.</summary>
public sealed record RunConditions
{
    /// <summary><c>container</c> or <c>process</c>.</summary>
    public required string Isolation { get; init; }

    /// <summary>The runtime's name.</summary>
    public required string Runtime { get; init; }

    /// <summary>The version that its native library reported.</summary>
    public required string RuntimeVersion { get; init; }

    /// <summary>The layers of the image, by their diff ids; they fix the native library too.</summary>
    public required IReadOnlyList<string> ImageLayers { get; init; }

    /// <summary>The threads that the runtime was configured with.</summary>
    public required int Threads { get; init; }

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

    /// <summary>The kernel's release.</summary>
    public string? Kernel { get; init; }

    /// <summary>The version of the edge node.</summary>
    public required string EdgeVersion { get; init; }
}

using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Measurements;

/// <summary>What an attempt came to.</summary>
public sealed record MeasurementResult
{
    /// <summary>The attempt's id.</summary>
    public required string Attempt { get; init; }

    /// <summary>Why it failed, or null. The starts that had ended before are kept all the same.</summary>
    public InferenceFailure? Failure { get; init; }

    /// <summary>How the runner was kept apart.</summary>
    public required Isolation Isolation { get; init; }

    /// <summary>The diff ids of the image's layers.</summary>
    public required IReadOnlyList<string> Image { get; init; }

    /// <summary>The limits that were asked for.</summary>
    public required InferenceLimits Limits { get; init; }

    /// <summary>The engine, or null for a child process and where none answered.</summary>
    public EngineFacts? Engine { get; init; }

    /// <summary>What the engine said about limits that it cannot keep.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The runtime as it named itself, or null where it did not come to that; likewise below.</summary>
    public RuntimeIdentity? Runtime { get; init; }

    /// <summary>The model's inputs.</summary>
    public IReadOnlyList<TensorDescription>? Inputs { get; init; }

    /// <summary>The model's outputs.</summary>
    public IReadOnlyList<TensorDescription>? Outputs { get; init; }

    /// <summary>The threads that the runtime was configured with.</summary>
    public int? Threads { get; init; }

    /// <summary>The options in force.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>How long the model's file took to come from the server, or null where it was here.</summary>
    public long? ModelFetchNanoseconds { get; init; }

    /// <summary>How long the image's archive took to come from the server, or null where it was here.</summary>
    public long? ImageFetchNanoseconds { get; init; }

    /// <summary>How long other measurements on this host were waited for.</summary>
    public required long QueueNanoseconds { get; init; }

    /// <summary>How long it took until the first start's image was there, or null where that failed.</summary>
    public long? ImageNanoseconds { get; init; }

    /// <summary>Whether the image had to be loaded or unpacked for that.</summary>
    public bool ImageLoaded { get; init; }

    /// <summary>The starts that completed.</summary>
    public required IReadOnlyList<MeasuredStart> Starts { get; init; }

    /// <summary>When the first start began, by this device's clock.</summary>
    public required DateTimeOffset BegunAt { get; init; }

    /// <summary>When it ended, by this device's clock.</summary>
    public required DateTimeOffset EndedAt { get; init; }
}

/// <summary>One fresh start of the runner: its phases, in nanoseconds, and what it measured.</summary>
public sealed record MeasuredStart
{
    /// <summary>Making the container or job folder, the model's files included.</summary>
    public required long CreateNanoseconds { get; init; }

    /// <summary>From the order to start to the runner's first line.</summary>
    public required long StartNanoseconds { get; init; }

    /// <summary>Loading the model.</summary>
    public required long LoadNanoseconds { get; init; }

    /// <summary>The first inference.</summary>
    public required long FirstRunNanoseconds { get; init; }

    /// <summary>The runs of the warm-up.</summary>
    public required int WarmUpRuns { get; init; }

    /// <summary>The warm-up.</summary>
    public required long WarmUpNanoseconds { get; init; }

    /// <summary>The latencies of the timed runs, in their order.</summary>
    public required IReadOnlyList<long> Samples { get; init; }

    /// <summary>The SHA-256 over the outputs of the last run.</summary>
    public required string OutputsSha256 { get; init; }

    /// <summary>The greatest resident memory of the runner, or null where the system does not tell.</summary>
    public long? PeakResidentBytes { get; init; }
}

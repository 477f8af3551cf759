using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Observation;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;
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

    /// <summary>How long the model's file and given inputs took to come from the server, or null where all were here.</summary>
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

    /// <summary>Which rule ended the starts, or null where a failure did.</summary>
    public StopReason? Stop { get; init; }

    /// <summary>The memory that a start of its own took, or null where it was not asked for.</summary>
    public MemoryRecord? Memory { get; init; }

    /// <summary>What was asked for.</summary>
    public required MeasurementOptions Asked { get; init; }

    /// <summary>The model.</summary>
    public required MeasuredModel Model { get; init; }

    /// <summary>The SHA-256 of each native library of the runtime, by file name.</summary>
    public required IReadOnlyDictionary<string, string> Libraries { get; init; }

    /// <summary>The machine's facts after the last start, or null where they were not read.</summary>
    public IReadOnlyList<NamedFact>? Facts { get; init; }

    /// <summary>The facts that were different before the first start.</summary>
    public IReadOnlyList<FingerprintDifference> Changed { get; init; } = [];

    /// <summary>The hash over the facts and the boot by which a result is used again; null where they were not read.</summary>
    public string? Host { get; init; }

    /// <summary>The most arithmetic that the measured CPUs can do, or null where there is nothing to hold against it.</summary>
    public ArithmeticPeak? Peak { get; init; }

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

    /// <summary>Why the warm-up ended, or null where the runner does not tell.</summary>
    public WarmUpEnding? WarmUpEnding { get; init; }

    /// <summary>The latencies of the warm-up's runs in their order, the first of many; null where the runner does not tell.</summary>
    public IReadOnlyList<long>? WarmUpLatencies { get; init; }

    /// <summary>How many operators each provider or delegate of the runtime has; null where the runner does not tell.</summary>
    public IReadOnlyDictionary<string, int>? Providers { get; init; }

    /// <summary>The one of them that the options in force ask for; null where they ask for none.</summary>
    public string? AskedProvider { get; init; }

    /// <summary>What was observed of the machine meanwhile, or null where nothing was.</summary>
    public StartObserved? Observed { get; init; }

    /// <summary>The latencies of the timed runs, in their order.</summary>
    public required IReadOnlyList<long> Samples { get; init; }

    /// <summary>The SHA-256 over the outputs of the last run.</summary>
    public required string OutputsSha256 { get; init; }

    /// <summary>The greatest resident memory of the runner, or null where the system does not tell.</summary>
    public long? PeakResidentBytes { get; init; }
}

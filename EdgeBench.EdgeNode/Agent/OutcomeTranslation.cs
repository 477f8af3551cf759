using System.Text.Json;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Joining;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>Says in the words of the cluster what a measurement came to.</summary>
internal sealed class OutcomeTranslation(DeviceFacts facts)
{
    public AttemptOutcome Of(MeasurementResult result) =>
        result.Failure is { } failure ? AttemptOutcome.Failed(new CellFailure(KindOf(failure.Kind), failure.Message, failure.LastOutput))
        : result.Starts is [] || result.Runtime is null || result.Threads is null
            ? AttemptOutcome.Failed(FailureKind.Internal, "the measurement ended without a failure and without a result")
        : Measured(result);

    /// <summary>The name of a kind of isolation on the wire.</summary>
    public static string NameOf(Isolation isolation) => isolation == Isolation.Container ? "container" : "process";

    /// <summary>The processor's name for people, or null: one name where all cores are alike.</summary>
    public static string? ProcessorOf(DeviceFacts facts) => facts.CpuModels.Value is { } models ? string.Join(" + ", models) : null;

    private AttemptOutcome Measured(MeasurementResult result)
    {
        long[] nanoseconds = [.. result.Starts.SelectMany(start => start.Samples)];
        var samples = JsonSerializer.SerializeToUtf8Bytes(nanoseconds);
        var (first, last) = (result.Starts[0], result.Starts[^1]);
        long?[] imageTimes = [result.ImageFetchNanoseconds, result.ImageLoaded ? result.ImageNanoseconds : null];
        return AttemptOutcome.Measured(
            new CellResult
            {
                Latency = LatencySummary.Of(nanoseconds),
                Samples = new ArtifactRef(Sha256.Of(samples), samples.Length),
                Phases = new PhaseTimes
                {
                    Fetch = result.ModelFetchNanoseconds,
                    Image = imageTimes.Any(time => time is not null) ? imageTimes.Sum() : null,
                    Start = first.CreateNanoseconds + first.StartNanoseconds,
                    Load = first.LoadNanoseconds,
                    FirstRun = first.FirstRunNanoseconds ?? 0,
                    WarmUp = first.WarmUpNanoseconds,
                    WarmUpRuns = first.WarmUpRuns,
                },
                Conditions = Conditions(result),
                Outputs = new Sha256(last.OutputsSha256),
                PeakResidentBytes = result.Starts.Max(start => start.PeakResidentBytes),
            },
            samples);
    }

    private RunConditions Conditions(MeasurementResult result) => new()
    {
        Isolation = NameOf(result.Isolation),
        Runtime = result.Runtime!.Name,
        RuntimeVersion = result.Runtime.Version,
        ImageLayers = result.Image,
        Threads = result.Threads!.Value,
        Cpus = result.Limits.Cpus.ToString(),
        MemoryLimit = result.Limits.MemoryBytes,
        Engine = result.Engine is { } engine ? $"{engine.Name} {engine.Version}" : null,
        Architecture = facts.Architecture,
        Processor = ProcessorOf(facts),
        Kernel = facts.Kernel.Value,
        EdgeVersion = NodeVersion.Current,
    };

    private static FailureKind KindOf(InferenceFailureKind kind) => kind switch
    {
        InferenceFailureKind.EngineNotRunning => FailureKind.EngineUnavailable,
        InferenceFailureKind.Lost or InferenceFailureKind.Stopped => FailureKind.Lost,
        InferenceFailureKind.ImageBroken => FailureKind.ImageNotLoaded,
        InferenceFailureKind.ModelNotLoaded => FailureKind.ModelNotLoaded,
        InferenceFailureKind.OutOfMemory => FailureKind.OutOfMemory,
        InferenceFailureKind.TimedOut => FailureKind.TimedOut,
        InferenceFailureKind.OutputLimit => FailureKind.OutputLimit,
        InferenceFailureKind.DiskNotUsable => FailureKind.Internal,
        _ => FailureKind.RunnerFailed,
    };
}

using System.Text.Json;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Joining;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Serialization;
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
        StartRecord[] starts = [.. result.Starts.Select(RecordOf)];
        var raw = JsonSerializer.SerializeToUtf8Bytes(
            new RawMeasurement(
                RawMeasurement.CurrentVersion,
                [.. result.Starts.Zip(starts, (start, record) => new RawStart(start.Samples, [], [], record))]),
            MessagesJson.Options);
        long?[] imageTimes = [result.ImageFetchNanoseconds, result.ImageLoaded ? result.ImageNanoseconds : null];
        return AttemptOutcome.Measured(
            WithStartsThatFit(new CellResult
            {
                Latency = LatencyFigures.Of([.. result.Starts.Select(start => start.Samples)]),
                Raw = new ArtifactRef(Sha256.Of(raw), raw.Length),
                Phases = new PhaseTimes
                {
                    Queue = result.QueueNanoseconds,
                    Fetch = result.ModelFetchNanoseconds,
                    Image = imageTimes.Any(time => time is not null) ? imageTimes.Sum() : null,
                },
                Starts = [.. starts.Take(CellResult.MaximumStarts)],
                Stop = StopReason.AskedReached,
                Conditions = Conditions(result),
            }),
            raw);
    }

    // Telemetry of a board with many zones and busy neighbours may be long; the artifact has all starts in any case.
    private static CellResult WithStartsThatFit(CellResult result)
    {
        while (result.Starts.Count > 1
            && JsonSerializer.SerializeToUtf8Bytes(result, MessagesJson.Options).Length > MessageLimits.MaximumResultBytes)
        {
            result = result with { Starts = [.. result.Starts.SkipLast(1)] };
        }

        return result;
    }

    private static StartRecord RecordOf(MeasuredStart start)
    {
        long[] sorted = [.. start.Samples.Order()];
        return new StartRecord
        {
            Create = start.CreateNanoseconds,
            Start = start.StartNanoseconds,
            Load = start.LoadNanoseconds,
            FirstRun = start.FirstRunNanoseconds,
            WarmUp = start.WarmUpNanoseconds,
            WarmUpRuns = start.WarmUpRuns,
            WarmUpEnd = WarmUpEnd.NotTold,
            Steady = sorted.Sum(),
            Runs = sorted.Length,
            Minimum = sorted[0],
            Mean = sorted.Average(),
            Median = LatencyFigures.MedianOf(sorted),
            Outputs = new Sha256(start.OutputsSha256),
        };
    }

    private RunConditions Conditions(MeasurementResult result) => new()
    {
        Isolation = NameOf(result.Isolation),
        Runtime = result.Runtime!.Name,
        RuntimeVersion = result.Runtime.Version,
        Threads = result.Threads!.Value,
        Options = result.Options ?? new Dictionary<string, string>(),
        Cpus = result.Limits.Cpus.ToString(),
        MemoryLimit = result.Limits.MemoryBytes,
        Engine = result.Engine is { } engine ? $"{engine.Name} {engine.Version}" : null,
        Architecture = facts.Architecture,
        Processor = ProcessorOf(facts),
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

using System.Text.Json;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Joining;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;
using EdgeBench.RunnerContract;
using EdgeBench.Statistics.Latencies;
using EdgeBench.Statistics.Physics;
using EdgeBench.Statistics.Verdicts;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>Says in the words of the cluster what a measurement came to.</summary>
internal sealed class OutcomeTranslation(DeviceFacts facts)
{
    public AttemptOutcome Of(MeasurementResult result) =>
        result.Failure is { } failure ? AttemptOutcome.Failed(new CellFailure(KindOf(failure.Kind), failure.Message, failure.LastOutput))
        : result.Starts is [] || result.Stop is null || result.Runtime is null || result.Threads is null
            ? AttemptOutcome.Failed(FailureKind.Internal, "the measurement ended without a failure and without a result")
        : Measured(result);

    /// <summary>The name of a kind of isolation on the wire.</summary>
    public static string NameOf(Isolation isolation) => isolation == Isolation.Container ? "container" : "process";

    /// <summary>The processor's name for people, or null: one name where all cores are alike.</summary>
    public static string? ProcessorOf(DeviceFacts facts) => facts.CpuModels.Value is { } models ? string.Join(" + ", models) : null;

    private AttemptOutcome Measured(MeasurementResult result)
    {
        StartRecord[] starts = [.. result.Starts.Select(RecordOf)];
        var raw = new RawMeasurement(
            RawMeasurement.CurrentVersion,
            [
                .. result.Starts.Zip(starts, (start, record) =>
                    new RawStart(start.Samples, start.WarmUpLatencies ?? [], start.Observed?.Samples ?? [], record)),
            ]);
        var content = JsonSerializer.SerializeToUtf8Bytes(raw, MessagesJson.Options);
        var latency = LatencyAnalysis.Of(raw);
        var physics = result is { Peak: { } peak, Model.Flops: { } flops }
            ? ArithmeticCheck.Of(flops, result.Model.FastConvolutionShare ?? 0, latency.Minimum, peak.OperationsPerSecond, peak.Source)
            : null;
        long?[] imageTimes = [result.ImageFetchNanoseconds, result.ImageLoaded ? result.ImageNanoseconds : null];
        return AttemptOutcome.Measured(
            WithStartsThatFit(new CellResult
            {
                Latency = latency,
                Raw = new ArtifactRef(Sha256.Of(content), content.Length),
                Phases = new PhaseTimes
                {
                    Queue = result.QueueNanoseconds,
                    Fetch = result.ModelFetchNanoseconds,
                    Image = imageTimes.Any(time => time is not null) ? imageTimes.Sum() : null,
                },
                Starts = [.. starts.Take(CellResult.MaximumStarts)],
                Stop = result.Stop!.Value,
                Conditions = Conditions(result),
                Memory = result.Memory,
                Fingerprint = MeasurementFingerprint.Of(result),
                Host = result is { Host: { } host, Changed: [] } ? new Sha256(host) : null,
                Physics = physics,
                Verdict = Judge.Of(new Evidence
                {
                    Raw = raw,
                    Statistics = latency,
                    Starts = starts,
                    Stop = result.Stop.Value,
                    AskedWidth = result.Asked.Until,
                    AskedThreads = result.Threads,
                    AskedCpus = result.Limits.Cpus.ToString(),
                    AskedProvider = result.Starts.Select(start => start.AskedProvider).FirstOrDefault(asked => asked is not null),
                    Physics = physics,
                    Changed = result.Changed,
                }),
            }),
            content);
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
        var figures = LatencyAnalysis.Of([start.Samples]);
        return new StartRecord
        {
            Create = start.CreateNanoseconds,
            Start = start.StartNanoseconds,
            Load = start.LoadNanoseconds,
            FirstRun = start.FirstRunNanoseconds,
            WarmUp = start.WarmUpNanoseconds,
            WarmUpRuns = start.WarmUpRuns,
            WarmUpEnd = start.WarmUpEnding switch
            {
                WarmUpEnding.Steady => WarmUpEnd.Steady,
                WarmUpEnding.Limit => WarmUpEnd.Limit,
                _ => WarmUpEnd.NotTold,
            },
            Steady = start.Samples.Sum(),
            Runs = figures.Runs,
            Minimum = figures.Minimum,
            Mean = figures.Mean,
            Median = figures.Median,
            Outputs = new Sha256(start.OutputsSha256),
            ThreadsSeen = start.Observed?.ThreadsSeen,
            CpusSeen = start.Observed?.CpusSeen,
            CpusUsed = start.Observed?.CpusUsed,
            Providers = start.Providers,
            Telemetry = start.Observed?.Telemetry,
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

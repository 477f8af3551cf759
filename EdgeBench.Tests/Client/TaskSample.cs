using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;
using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Tests.Client;

/// <summary>A small task: one model on one device, from submission to end.</summary>
internal static class TaskSample
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static TaskKey Key { get; } = new("sample");

    public static TaskId Id { get; } = TaskId.Of(Key);

    public static AttemptId Attempt { get; } = new(new CellId(Id, 1), 1);

    public static ArtifactRef Artifact { get; } = new(Sha256.Of("artifact"u8), 8);

    public static ConvertedModel Converted { get; } = new()
    {
        File = Artifact,
        Format = "onnx",
        Source = "Keras 3.5.0",
        Weights = "synthetic(0)",
        Parameters = 42,
        Flops = 1_137_536_880,
        Nanoseconds = 1_000_000,
    };

    public static CellResult Result { get; } = new()
    {
        Latency = LatencyAnalysis.Of([[2_000_000, 1_000_000, 3_000_000]]),
        Raw = Artifact,
        Phases = new PhaseTimes { Queue = 1 },
        Starts = [],
        Stop = StopReason.AskedReached,
        Verdict = new Verdict(VerdictLevel.Suspect, [], 1),
        Conditions = new RunConditions
        {
            Isolation = "container",
            Runtime = "onnxruntime",
            RuntimeVersion = "1.31.1",
            Threads = 2,
            Options = new Dictionary<string, string>(),
            Architecture = "x64",
            EdgeVersion = "0.1.0",
        },
    };

    public static Cell Cell { get; } = new()
    {
        Id = new CellId(Id, 1),
        Model = 0,
        Device = new DeviceId(Guid.Parse("11111111-2222-3333-4444-555555555555")),
        DeviceName = new DeviceName("pi4"),
        Runtime = "onnxruntime",
        Format = "onnx",
        Options = new MeasurementOptions(),
    };

    private static TaskRequest Request { get; } = new()
    {
        Models = [new ModelSource { Name = "net", FileName = "net.keras", File = Artifact }],
    };

    /// <summary>The whole life of the task.</summary>
    public static IReadOnlyList<ITaskEvent> Events { get; } =
    [
        new TaskEvents.Submitted(Id, Key, Request, [Cell], "0.1.0", Start),
        new TaskEvents.ModelConverted(0, Converted, Start.AddSeconds(1)),
        new TaskEvents.CellAssigned(Attempt, Start.AddSeconds(2)),
        new TaskEvents.CellStarted(Attempt, Start.AddSeconds(3)),
        new TaskEvents.CellMeasured(Attempt, Result, Start.AddSeconds(4)),
        new TaskEvents.Ended(TaskOutcome.Completed, Start.AddSeconds(5)),
    ];

    /// <summary>The events behind a cursor, at most some of them.</summary>
    public static ClientReplies.EventPage Page(long cursor, int most = int.MaxValue)
    {
        var rest = Events.Select((happened, index) => new NumberedEvent(index + 1, happened)).Where(at => at.Number > cursor).ToList();
        return new ClientReplies.EventPage(Id, [.. rest.Take(most)], rest.Count > most, []);
    }
}

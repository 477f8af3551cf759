using System.Collections.Concurrent;
using System.Text.Json;
using EdgeBench.EdgeNode.Agent;
using EdgeBench.EdgeNode.Artifacts;
using EdgeBench.EdgeNode.Images;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Runtimes;
using EdgeBench.Messages.Tasks;
using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Tests.Agent;

/// <summary>Measurements that begin, go on and end when the test says so.</summary>
internal sealed class FakeMeasurements : IMeasurements
{
    private readonly ConcurrentDictionary<AttemptId, Running> _running = [];
    private readonly ConcurrentQueue<AttemptId> _begun = [];
    private readonly ConcurrentQueue<AttemptId> _stopped = [];

    public IReadOnlyList<AttemptId> Begun => [.. _begun];

    public IReadOnlyList<AttemptId> Stopped => [.. _stopped];

    /// <summary>What a stopped measurement waits for before it is gone.</summary>
    public Task MayGo { get; set; } = Task.CompletedTask;

    /// <summary>What following throws, for a fault that nobody foresaw.</summary>
    public Exception? Fault { get; set; }

    public bool IsFollowed(AttemptId attempt) => _running.TryGetValue(attempt, out var running) && running.Progress is not null;

    public void Report(AttemptId attempt, AttemptPhase phase) => _running[attempt].Progress!.Report(phase);

    public void End(AttemptId attempt, AttemptOutcome outcome) => _running[attempt].End.TrySetResult(outcome);

    public bool Holds(AttemptId attempt) => _running.ContainsKey(attempt);

    public void Begin(ToDevice.RunCell assignment, FetchedFiles files)
    {
        Assert.True(_running.TryAdd(assignment.Attempt, new Running()), "a measurement was begun twice");
        _begun.Enqueue(assignment.Attempt);
    }

    public Task<AttemptOutcome> FollowAsync(AttemptId attempt, IProgress<AttemptPhase> progress, CancellationToken unfollow)
    {
        if (Fault is { } fault)
        {
            throw fault;
        }

        _running[attempt].Progress = progress;
        return _running[attempt].End.Task.WaitAsync(unfollow);
    }

    public async Task StopAsync(AttemptId attempt)
    {
        await MayGo;
        _stopped.Enqueue(attempt);
        if (_running.TryGetValue(attempt, out var running))
        {
            running.End.TrySetResult(AttemptOutcome.Failed(FailureKind.Lost, "stopped"));
        }
    }

    public Task ForgetAsync(AttemptId attempt)
    {
        _running.TryRemove(attempt, out _);
        return Task.CompletedTask;
    }

    private sealed class Running
    {
        public TaskCompletionSource<AttemptOutcome> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public volatile IProgress<AttemptPhase>? Progress;
    }
}

/// <summary>Brings artifacts from nowhere, and remembers what was uploaded.</summary>
internal sealed class FakeTransfer : IArtifactTransfer
{
    private readonly ConcurrentQueue<ArtifactRef> _uploads = [];

    public IReadOnlyList<ArtifactRef> Uploads => [.. _uploads];

    /// <summary>Why the next fetch fails, or null.</summary>
    public string? FetchProblem { get; set; }

    /// <summary>Why the next uploads fail, one each.</summary>
    public ConcurrentQueue<string> UploadProblems { get; } = [];

    /// <summary>What a fetch waits for.</summary>
    public Task MayFetch { get; set; } = Task.CompletedTask;

    public async Task<Fetched> FetchAsync(ArtifactRef artifact, CancellationToken cancellation)
    {
        await MayFetch.WaitAsync(cancellation);
        return FetchProblem is { } problem ? new Fetched(null, problem, false) : new Fetched($"/cache/{artifact.Sha256}", null, false);
    }

    public Task<string?> UploadAsync(ArtifactRef artifact, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        Assert.Equal(artifact, new ArtifactRef(Sha256.Of(content.Span), content.Length));
        if (UploadProblems.TryDequeue(out var problem))
        {
            return Task.FromResult<string?>(problem);
        }

        _uploads.Enqueue(artifact);
        return Task.FromResult<string?>(null);
    }
}

/// <summary>Remembers what an agent says of images.</summary>
internal sealed class FakeImages : IImagePreparation
{
    public IReadOnlyList<DeviceImage> Images { get; set; } = [];

    public IReadOnlyList<RuntimeImageRef> Wanted { get; private set; } = [];

    /// <summary>Whether images may be got ready now.</summary>
    public bool IsGoingOn { get; private set; }

    /// <summary>What is being got ready takes so long to stop.</summary>
    public Task MayPause { get; set; } = Task.CompletedTask;

    public void Want(IReadOnlyList<RuntimeImageRef> images) => Wanted = images;

    public void Resume() => IsGoingOn = true;

    public Task PauseAsync()
    {
        IsGoingOn = false;
        return MayPause;
    }
}

/// <summary>Outcomes in memory.</summary>
internal sealed class FakeOutcomes : IOutcomes
{
    private readonly ConcurrentDictionary<(ServerId Server, AttemptId Attempt), AttemptOutcome> _kept = [];

    public IReadOnlyCollection<AttemptId> All => [.. _kept.Keys.Select(key => key.Attempt)];

    public IReadOnlyList<(AttemptId Attempt, AttemptOutcome Outcome)> Of(ServerId server) =>
        [.. _kept.Where(entry => entry.Key.Server == server).Select(entry => (entry.Key.Attempt, entry.Value))];

    public void Keep(ServerId server, AttemptId attempt, AttemptOutcome outcome) => _kept[(server, attempt)] = outcome;

    public void Forget(ServerId server, AttemptId attempt) => _kept.TryRemove((server, attempt), out _);
}

/// <summary>A device of which the test says what is wrong with it.</summary>
internal sealed class FakeDevice : IDevice
{
    public string? Problem { get; set; }

    public Sha256 Host { get; set; } = Sha256.Of("the host"u8);

    public Task<DeviceDescription> DescribeAsync(CancellationToken cancellation) => Task.FromResult(new DeviceDescription
    {
        Architecture = "x64",
        Kind = "generic",
        Isolation = "container",
        Problem = Problem,
        Host = Host,
        Cores = 2,
        EdgeVersion = "0",
    });
}

/// <summary>Things of the cluster to talk about.</summary>
internal static class Sample
{
    public static ServerId Server { get; } = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));

    public static ServerId OtherServer { get; } = new(Guid.Parse("22222222-2222-2222-2222-222222222222"));

    public static AttemptId Attempt(int cell, int number = 1) => new(new CellId(new TaskId("0123456789ab"), cell), number);

    public static ToDevice.RunCell RunCell(AttemptId attempt) => new(Server, attempt, new Assignment
    {
        ModelName = "digits",
        Model = Artifact("model"),
        Format = "onnx",
        Image = new RuntimeImageRef
        {
            Runtime = "onnxruntime",
            Version = "1",
            Architecture = "x64",
            Name = "edgebench/onnxruntime:1-x64",
            DiffIds = ["sha256:0"],
            Program = ["/app/runner"],
            Tar = Artifact("image"),
        },
        Options = new MeasurementOptions(),
    });

    public static ArtifactRef Artifact(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return new ArtifactRef(Sha256.Of(bytes), bytes.Length);
    }

    public static AttemptOutcome Measured(params long[] nanoseconds)
    {
        var samples = JsonSerializer.SerializeToUtf8Bytes(nanoseconds);
        return AttemptOutcome.Measured(
            new CellResult
            {
                Latency = LatencyAnalysis.Of([nanoseconds]),
                Raw = new ArtifactRef(Sha256.Of(samples), samples.Length),
                Phases = new PhaseTimes { Queue = 1 },
                Starts = [],
                Stop = StopReason.AskedReached,
                Conditions = new RunConditions
                {
                    Isolation = "container",
                    Runtime = "onnxruntime",
                    RuntimeVersion = "1",
                    Threads = 1,
                    Options = new Dictionary<string, string>(),
                    Architecture = "x64",
                    EdgeVersion = "0",
                },
            },
            samples);
    }
}

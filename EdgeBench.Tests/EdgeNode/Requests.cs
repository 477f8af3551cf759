using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.RunnerContract;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>A folder with a model file, and requests to run the shell image's runner on it.</summary>
internal sealed class Requests : IDisposable
{
    private readonly ShellImage _image;

    public Requests(ShellImage image)
    {
        _image = image;
        Folder = Directory.CreateTempSubdirectory("edgebench-test-").FullName;
        File.WriteAllText(Path.Combine(Folder, "model"), "weights");
    }

    public string Folder { get; }

    public InferenceRequest Behaving(string behaviour, TimeSpan? wallTime = null, string attempt = "task/cell/1") => new()
    {
        Attempt = attempt,
        Image = _image.Behaving(behaviour),
        Job = new Job
        {
            Contract = ContractVersion.Current,
            Mode = JobMode.Measure,
            Model = "model.bin",
            Threads = 1,
            Timed = new TimedPlan { Runs = 3 },
        },
        Files = new Dictionary<string, string> { ["model.bin"] = Path.Combine(Folder, "model") },
        Limits = new InferenceLimits
        {
            MemoryBytes = 64 << 20,
            Cpus = CpuSet.Of([DeviceFactsReader.ReadThisDevice().AllowedCpus.Value!.Cpus[0]]),
            WallTime = wallTime ?? TimeSpan.FromMinutes(1),
            OutputBytes = 1 << 20,
        },
    };

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>Keeps what a run tells, and lets a test wait for it.</summary>
internal sealed class RecordedUpdates : IProgress<InferenceUpdate>
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<HostProcess> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<InferenceUpdate> _all = [];

    /// <summary>Ends when the runner's process is known.</summary>
    public Task<HostProcess> ProcessFound => _found.Task;

    /// <summary>Ends when the runner has written its first line.</summary>
    public Task RunnerSpoke => _started.Task;

    public IReadOnlyList<InferenceUpdate> All
    {
        get
        {
            lock (_all)
            {
                return [.. _all];
            }
        }
    }

    public void Report(InferenceUpdate value)
    {
        lock (_all)
        {
            _all.Add(value);
        }

        if (value is InferenceUpdate.RunnerSaid)
        {
            _started.TrySetResult();
        }
        else if (value is InferenceUpdate.ProcessFound found)
        {
            _found.TrySetResult(found.Process);
        }
    }
}

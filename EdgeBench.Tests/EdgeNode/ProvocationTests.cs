using System.Diagnostics;
using Docker.DotNet;
using Docker.DotNet.Models;
using EdgeBench.EdgeNode.Agent;
using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Images;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.EdgeNode.Observation;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;
using EdgeBench.Tests.Containers;
using EdgeBench.Tests.Runner;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>What must not happen beside a measurement, made to happen on this machine: the verdict says so.</summary>
[Collection("provocations")]
public sealed class ProvocationTests(BuiltImages images, PrivateEngine engine, ShellImage shell) : IDisposable
{
    private static readonly DeviceFacts Facts = DeviceFactsReader.ReadThisDevice();
    private static readonly CpuSet Cpu = CpuSet.Of([Facts.AllowedCpus.Value!.Cpus[0]]);
    private static readonly MeasurementOptions Quick = new() { Starts = 1, MinimumMilliseconds = 1_500, Memory = false, Threads = 1 };

    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-test-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_process_that_takes_time_on_the_measured_cpu_is_named()
    {
        var hog = Path.Combine(_folder, "cpu-hog");
        File.CreateSymbolicLink(hog, "/bin/sh");
        // First among those that run beside it, whatever else this machine is at. Where the kernel shares the CPU among sessions first
        // (autogroup), a nice value counts within a session only, so the hog is one of its own and that is put first as well.
        const string First = "{ echo -5 >/proc/$$/autogroup; } 2>/dev/null";
        using var process = Process.Start(
            "setsid", ["nice", "-n", "-5", "taskset", "-c", Cpu.ToString(), hog, "-c", $"{First}; while :; do :; done"]);
        try
        {
            var reason = ReasonOf(await MeasureAsync(Quick), "other-load");

            Assert.Equal(VerdictLevel.Invalid, reason.Level);
            Assert.Contains($"cpu-hog ({process.Id})", reason.Message, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(Cancellation);
        }
    }

    [Fact]
    public async Task A_quota_that_stops_the_runner_makes_its_result_invalid()
    {
        using var client = new DockerClientBuilder().WithEndpoint(await engine.EndpointAsync()).Build();

        var result = await MeasureAsync(Quick, async data =>
        {
            var id = (await RunningContainerAsync(client, data)).ID;
            await client.Containers.UpdateContainerAsync(
                id, new ContainerUpdateParameters { CPUPeriod = 100_000, CPUQuota = 10_000 }, Cancellation);
        });

        Assert.Equal(VerdictLevel.Invalid, ReasonOf(result, "cpu-quota").Level);
    }

    [Fact]
    public async Task A_container_beside_is_named()
    {
        using var requests = new Requests(shell);
        using var running = new ContainerEngine(await engine.EndpointAsync());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var updates = new RecordedUpdates();
        var data = Guid.NewGuid();
        var beside = new ContainerInferenceHost(running, data, TimeProvider.System)
            .RunAsync(requests.Behaving("hang", attempt: "other/cell/1"), updates, stop.Token);
        await updates.RunnerSpoke.WaitAsync(Cancellation);
        using var client = new DockerClientBuilder().WithEndpoint(await engine.EndpointAsync()).Build();
        var name = (await RunningContainerAsync(client, data)).Names.Single().TrimStart('/');

        var result = await MeasureAsync(Quick);
        await stop.CancelAsync();
        await beside;

        var reason = ReasonOf(result, "other-container");
        Assert.Equal(VerdictLevel.Suspect, reason.Level);
        Assert.Contains(name, reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handful_of_runs_is_no_result()
    {
        var result = await MeasureAsync(Quick with { Runs = 4, MinimumMilliseconds = 0 });

        Assert.Equal(4, result.Latency.Runs);
        Assert.Equal(VerdictLevel.Invalid, ReasonOf(result, "too-few-runs").Level);
        Assert.Equal(VerdictLevel.Suspect, ReasonOf(result, "too-few-starts").Level);
    }

    [Fact]
    public async Task Arithmetic_that_this_machine_cannot_do_is_not_believed_and_all_else_that_explains_a_result_is_there()
    {
        var result = await MeasureAsync(Quick with { Starts = 2, Memory = true }, flops: 1_000_000_000_000_000);

        Assert.Equal(VerdictLevel.Invalid, ReasonOf(result, "physics").Level);
        Assert.True(result.Physics is { Ratio: > 1.1, Peak: > 1e8 });
        Assert.Equal("1", result.Fingerprint!["run.threads"]);
        Assert.NotNull(result.Fingerprint["runtime.library.libonnxruntime.so.sha256"]);
        Assert.NotNull(result.Fingerprint["kernel.release"]);
        Assert.True(result.Memory is { ResidentPeak: > 1 << 20 });
        Assert.Equal(2, result.Starts.Count);
        Assert.All(result.Starts, start =>
        {
            Assert.True(start is { Telemetry: not null, CpusUsed: > 0, Runs: >= 15, WarmUpEnd: not WarmUpEnd.NotTold });
            Assert.Equal(Cpu.ToString(), start.CpusSeen);
        });
    }

    private static VerdictReason ReasonOf(CellResult result, string rule)
    {
        var reason = result.Verdict!.Reasons.FirstOrDefault(reason => reason.Rule == rule);
        Assert.True(reason is not null, $"no {rule}, but: {string.Join("; ", result.Verdict.Reasons.Select(other => $"{other.Rule}: {other.Message}"))}");
        Assert.True(result.Verdict.Level >= reason!.Level);
        return reason;
    }

    private static async Task<ContainerListResponse> RunningContainerAsync(DockerClient client, Guid data)
    {
        var filters = new Dictionary<string, IDictionary<string, bool>>
        {
            ["label"] = new Dictionary<string, bool> { [$"edgebench.data={data:d}"] = true },
        };
        while (true)
        {
            var running = await client.Containers.ListContainersAsync(new ContainersListParameters { Filters = filters }, Cancellation);
            if (running.Count > 0)
            {
                return running[0];
            }
        }
    }

    private async Task<CellResult> MeasureAsync(MeasurementOptions options, Func<Guid, Task>? meanwhile = null, long? flops = null)
    {
        var image = await images.OnnxRuntimeAsync();
        using var running = new ContainerEngine(await engine.EndpointAsync());
        using var data = DataFolder.Open(Path.Combine(_folder, "data"));
        using var machine = new Machine(data, running);
        await using var measurements = new RunningMeasurements(
            new MeasuringParts(new ContainerInferenceHost(running, data.Identity, TimeProvider.System), machine, TimeProvider.System),
            new HostLock(Path.Combine(_folder, "host.lock"), TimeProvider.System),
            data.Spool);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "model"), OnnxBytes.Classifier(), Cancellation);
        var measurement = measurements.Start(new MeasurementOrder
        {
            Attempt = "task/cell/1",
            Server = Guid.NewGuid(),
            Image = LocalImage.Of(image, images.Catalog.TarOf(image)),
            Job = RunnerProcess.Quick with
            {
                Timed = new(options.Runs / options.Starts, options.MinimumMilliseconds / options.Starts),
            },
            Files = new Dictionary<string, string> { [RunnerProcess.Quick.Model] = Path.Combine(_folder, "model") },
            Limits = new InferenceLimits { MemoryBytes = 512 << 20, Cpus = Cpu, WallTime = TimeSpan.FromMinutes(2) },
            Options = options,
            Model = new MeasuredModel { Sha256 = "00", Format = "onnx", Precision = "fp32", Flops = flops },
            Libraries = image.Libraries,
        });
        if (meanwhile is not null)
        {
            await meanwhile(data.Identity);
        }

        var outcome = new OutcomeTranslation(Facts).Of(await measurement.Completion.WaitAsync(Cancellation));
        Assert.True(outcome.Result is not null, outcome.Failure?.Message);
        return outcome.Result!;
    }
}

using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Images;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.EdgeNode.Processes;
using EdgeBench.Messages.Tasks;
using EdgeBench.Tests.Containers;
using EdgeBench.Tests.Runner;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>The ONNX Runtime image of this checkout, measured as an edge node does.</summary>
public sealed class RealRunnerTests(BuiltImages images, PrivateEngine engine) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-test-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Isolation.Container)]
    [InlineData(Isolation.Process)]
    public async Task A_model_is_measured_in_three_fresh_starts_that_compute_the_same(Isolation isolation)
    {
        var result = await MeasureAsync(isolation, OnnxBytes.Classifier());

        Assert.Null(result.Failure);
        Assert.Equal(isolation, result.Isolation);
        Assert.Equal(3, result.Starts.Count);
        Assert.All(result.Starts, start =>
        {
            Assert.True(start.Samples.Count >= 30);
            Assert.All(start.Samples, nanoseconds => Assert.True(nanoseconds > 0));
            Assert.True(start is { LoadNanoseconds: > 0, FirstRunNanoseconds: > 0, PeakResidentBytes: > 1 << 20 });
            Assert.True(start is { WarmUpRuns: > 0, WarmUpNanoseconds: > 0, WarmUpEnding: not null });
            Assert.NotEmpty(start.WarmUpLatencies!);
        });
        Assert.Single(result.Starts.Select(start => start.OutputsSha256).Distinct());
        Assert.Equal(("onnxruntime", 1), (result.Runtime?.Name, result.Threads));
        Assert.NotEmpty(result.Inputs!);
        Assert.NotEmpty(result.Outputs!);
    }

    [Theory]
    [InlineData(Isolation.Container)]
    [InlineData(Isolation.Process)]
    public async Task A_file_that_is_no_model_is_told_by_the_runtime(Isolation isolation)
    {
        var result = await MeasureAsync(isolation, [1, 2, 3]);

        Assert.Equal(InferenceFailureKind.ModelNotLoaded, result.Failure?.Kind);
        Assert.Empty(result.Starts);
    }

    private async Task<MeasurementResult> MeasureAsync(Isolation isolation, byte[] model)
    {
        var image = await images.OnnxRuntimeAsync();
        using var running = new ContainerEngine(isolation == Isolation.Container ? await engine.EndpointAsync() : new Uri("unix:///none"));
        using var data = DataFolder.Open(Path.Combine(_folder, "data"));
        using var process = new ProcessInferenceHost(data, TimeProvider.System);
        IInferenceHost host = isolation == Isolation.Container
            ? new ContainerInferenceHost(running, data.Identity, TimeProvider.System)
            : process;
        await using var measurements = new RunningMeasurements(
            new MeasuringParts(host, new FakeMachine(), TimeProvider.System),
            new HostLock(Path.Combine(_folder, "host.lock"), TimeProvider.System),
            data.Spool);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "model"), model, Cancellation);

        return await measurements.Start(new MeasurementOrder
        {
            Attempt = "task/cell/1",
            Server = Guid.NewGuid(),
            Image = LocalImage.Of(image, images.Catalog.TarOf(image)),
            Job = RunnerProcess.Quick with { Timed = RunnerProcess.Quick.Timed with { Runs = 30 } },
            Files = new Dictionary<string, string> { [RunnerProcess.Quick.Model] = Path.Combine(_folder, "model") },
            Limits = new InferenceLimits
            {
                MemoryBytes = 512 << 20,
                Cpus = CpuSet.Of([DeviceFactsReader.ReadThisDevice().AllowedCpus.Value!.Cpus[0]]),
                WallTime = TimeSpan.FromMinutes(2),
            },
            Options = new MeasurementOptions(),
            Model = new MeasuredModel { Sha256 = "00", Format = "onnx", Precision = "fp32" },
        }).Completion;
    }
}

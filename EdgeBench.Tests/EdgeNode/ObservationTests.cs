using System.Diagnostics;
using Docker.DotNet;
using Docker.DotNet.Models;
using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Observation;
using EdgeBench.RunnerContract;
using EdgeBench.Tests.Agent;
using EdgeBench.Tests.Containers;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>Real programs on this machine, observed as a start is.</summary>
public sealed class ObservationTests(PrivateEngine privateEngine, ShellImage image) : IAsyncLifetime
{
    // Time of the observed program that shows what there is to see.
    private const long Enough = 600_000_000;

    private static readonly SystemTree Tree = new("/");
    private static readonly int Cpu = DeviceFactsReader.ReadThisDevice().AllowedCpus.Value!.Cpus[^1];

    private readonly List<Process> _processes = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgebench-test-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_process_that_computes_on_the_measured_CPU_is_named_with_its_load()
    {
        var runner = StartBusy("observed");
        StartBusy("cpu-hog");

        var observed = await ObserveAsync(new HostProcess(runner.Id, OwnControlGroup: false), new NoContainers(), HasComputed);

        var telemetry = observed.Telemetry;
        Assert.Contains(telemetry.OtherProcesses, process => process.Name == "cpu-hog" && process.Load > 0.05);
        Assert.DoesNotContain(telemetry.OtherProcesses, process => process.Process == runner.Id);
        Assert.True(telemetry.OtherLoad > 0.1, $"{telemetry.OtherLoad}");
        Assert.True(telemetry.CpuWait > 0.1, $"{telemetry.CpuWait}");
        Assert.True(telemetry.InvoluntarySwitches > 0);
        Assert.Equal(1, observed.ThreadsSeen);
        Assert.Equal($"{Cpu}", observed.CpusSeen);
        Assert.InRange(observed.CpusUsed!.Value, 0.01, 1.05);
        Assert.True(observed.Memory is { ControlGroupPeak: null, ResidentPeak: > 0, Missing: not null });
        Assert.True(telemetry.CalibrationBefore is { Minimum: > 0 } before && before.Median >= before.Minimum);
        Assert.True(telemetry.CalibrationAfter is { Minimum: > 0 });
        Assert.True(observed.Samples.Count > 2);
        Assert.Contains(observed.Samples, sample => sample.OtherLoad > 0);
        Assert.All(telemetry.Missing, fact => Assert.NotNull(fact.Missing));
    }

    [Fact]
    public async Task A_CPU_quota_of_the_container_and_another_container_are_seen()
    {
        var endpoint = await privateEngine.EndpointAsync();
        using var engine = new ContainerEngine(endpoint);
        using var client = new DockerClientBuilder().WithEndpoint(endpoint).Build();
        await LoadImageAsync(client);
        await using var other = await RunContainerAsync(client, "edgebench-neighbour", "sleep 1000", quota: null);
        await using var measured = await RunContainerAsync(client, "edgebench-measured", "while :; do :; done", quota: 100_000_000);

        var observed = await ObserveAsync(
            new HostProcess(measured.Process, OwnControlGroup: true),
            new EngineContainers(engine),
            (begin, now) => now.QuotaThrottledPeriods - begin.QuotaThrottledPeriods >= 5);

        Assert.True(observed.Telemetry.QuotaThrottledPeriods > 0);
        Assert.Contains(observed.Telemetry.OtherContainers, name => name.StartsWith("edgebench-neighbour (", StringComparison.Ordinal));
        Assert.DoesNotContain(observed.Telemetry.OtherContainers, name => name.StartsWith("edgebench-measured", StringComparison.Ordinal));
        Assert.True(observed.Memory is { ControlGroupPeak: > 0, Missing: null }, observed.Memory.ToString());
        Assert.True(observed.CpusUsed < 0.9, $"{observed.CpusUsed}");
    }

    [Fact]
    public async Task A_start_that_ends_before_its_process_is_known_says_so()
    {
        await using var observation = await StartObservation.BeginAsync(
            Tree, new ObservedStart("attempt", CpuSet.Of([Cpu])), new NoContainers(), Cancellation);
        observation.Report(new InferenceUpdate.RunnerStarted(1, 1));

        var observed = await observation.EndAsync(Cancellation);

        Assert.Null(observed.Telemetry.OtherLoad);
        Assert.Equal("the evaluation program ended before its process was known", observed.Memory.Missing);
        Assert.Contains(observed.Telemetry.Missing, fact => fact.Name == "runner");
        Assert.Contains(observed.Telemetry.Missing, fact => fact is { Name: "other-containers", Missing: "there is no engine" });
    }

    private static bool HasComputed(RunnerUsage begin, RunnerUsage now) => now.Cpu - begin.Cpu > Enough;

    private static async Task<StartObserved> ObserveAsync(
        HostProcess process, IOtherContainers containers, Func<RunnerUsage, RunnerUsage, bool> isEnough)
    {
        await using var observation = await StartObservation.BeginAsync(
            Tree, new ObservedStart("measured", CpuSet.Of([Cpu])), containers, Cancellation);
        observation.Report(new InferenceUpdate.RunnerStarted(1, 1));
        observation.Report(new InferenceUpdate.ProcessFound(process));
        observation.Report(new InferenceUpdate.RunnerSaid(new WarmedUpLine(1, 1), 1));
        var reader = new RunnerReader(Tree, process);
        var begin = reader.Read()!;
        await Wait.UntilAsync(() => isEnough(begin, reader.Read()!), "what there is to see of the program");
        observation.Report(new InferenceUpdate.RunnerSaid(new SamplesLine([1, 2]), 1));
        observation.Report(new InferenceUpdate.RunnerSaid(new CompletedLine("00", null), 1));
        return await observation.EndAsync(Cancellation);
    }

    // Under a name of its own, by a link to the shell: the kernel calls a process by the file that was started.
    private Process StartBusy(string name)
    {
        var link = Path.Combine(_folder.FullName, name);
        File.CreateSymbolicLink(link, "/bin/sh");
        var process = Process.Start("taskset", ["-c", $"{Cpu}", link, "-c", "while :; do :; done"]);
        _processes.Add(process);
        SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{process.Id}/stat").Contains($"({name})", StringComparison.Ordinal));
        return process;
    }

    private async Task LoadImageAsync(DockerClient client)
    {
        await using var tar = File.OpenRead(image.Behaving("hang").Tar!);
        await client.Images.LoadImageAsync(new ImageLoadParameters(), tar, new Progress<JSONMessage>(), Cancellation);
    }

    private async Task<RunningContainer> RunContainerAsync(DockerClient client, string name, string command, long? quota)
    {
        var container = await client.Containers.CreateContainerAsync(
            new CreateContainerParameters
            {
                Name = name,
                Image = image.Behaving("hang").Name,
                Entrypoint = ["/bin/sh", "-c", command],
                NetworkDisabled = true,
                Labels = new Dictionary<string, string> { [Sandbox.AttemptLabel] = name["edgebench-".Length..] },
                HostConfig = new HostConfig { NetworkMode = "none", CpusetCpus = $"{Cpu}", NanoCPUs = quota ?? 0 },
            },
            Cancellation);
        await client.Containers.StartContainerAsync(container.ID, new ContainerStartParameters(), Cancellation);
        var state = (await client.Containers.InspectContainerAsync(container.ID, Cancellation)).State!;
        return new RunningContainer(client, container.ID, (int)state.Pid);
    }

    private sealed record RunningContainer(DockerClient Client, string Id, int Process) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() =>
            await Client.Containers.RemoveContainerAsync(Id, new ContainerRemoveParameters { Force = true }, CancellationToken.None);
    }

    private sealed class NoContainers : IOtherContainers
    {
        public Task<Fact<IReadOnlyList<string>>> RunningAsync(string attempt, CancellationToken cancellation) =>
            Task.FromResult(Fact.Missing<IReadOnlyList<string>>("there is no engine"));
    }
}

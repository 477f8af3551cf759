using System.Diagnostics;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.EdgeNode.Processes;
using EdgeBench.Messages.Nodes;
using EdgeBench.Tests.Containers;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>
/// A process that measures is killed with SIGKILL; the next one with the same data folder finds nothing left, or removes it.
/// </summary>
public sealed class KilledEdgeNodeTests(PrivateEngine engine, ShellImage image) : IDisposable
{
    private const string FolderVariable = "EDGEBENCH_TESTS_KILLED_FOLDER";
    private const string EngineVariable = "EDGEBENCH_TESTS_KILLED_ENGINE";

    private readonly Requests _requests = new(image);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_requests.Folder, "data");

    public void Dispose() => _requests.Dispose();

    /// <summary>Is run in a process of its own by the other tests: measures what hangs, until it is killed.</summary>
    [Fact(Explicit = true)]
    public async Task Measure_until_killed()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(folder is null, "is run by the other tests only");
        using var data = DataFolder.Open(Path.Combine(folder!, "data"));
        using var process = new ProcessInferenceHost(data, TimeProvider.System);
        var socket = Environment.GetEnvironmentVariable(EngineVariable);
        using var running = new ContainerEngine(new Uri(socket ?? "unix:///none"));
        IInferenceHost host = socket is null ? process : new ContainerInferenceHost(running, data.Identity, TimeProvider.System);
        var updates = new RecordedUpdates();

        var run = host.RunAsync(_requests.Behaving("hang", TimeSpan.FromMinutes(2)), updates, Cancellation);
        await updates.RunnerSpoke.WaitAsync(Cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder!, "measures"), "", Cancellation);
        await run;
    }

    [Fact]
    public async Task A_child_process_dies_with_its_edge_node_and_its_folder_is_swept()
    {
        await MeasureAndKillAsync(null);
        var child = Directory.EnumerateFiles(Path.Combine(Data, "jobs"), "child.json", SearchOption.AllDirectories).Single();
        var record = JsonSerializer.Deserialize(await File.ReadAllTextAsync(child, Cancellation), EdgeNodeJson.Default.ChildRecord)!;

        while (ProcessTable.StartTicks(record.Pid) == record.StartTicks)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), Cancellation);
        }

        using var data = DataFolder.Open(Data);
        using var host = new ProcessInferenceHost(data, TimeProvider.System);
        var swept = await host.SweepAsync(Cancellation);

        Assert.Null(swept.Failure);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Data, "jobs")));
    }

    [Fact]
    public async Task A_container_outlives_its_edge_node_and_is_swept_by_the_next()
    {
        var endpoint = await engine.EndpointAsync();
        await MeasureAndKillAsync(endpoint);
        using var data = DataFolder.Open(Data);
        using var client = new DockerClientBuilder().WithEndpoint(endpoint).Build();
        var own = new ContainersListParameters
        {
            All = true,
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["label"] = new Dictionary<string, bool> { [$"edgebench.data={data.Identity:d}"] = true },
            },
        };
        Assert.Equal("running", Assert.Single(await client.Containers.ListContainersAsync(own, Cancellation)).State);
        using var running = new ContainerEngine(endpoint);

        var swept = await new ContainerInferenceHost(running, data.Identity, TimeProvider.System).SweepAsync(Cancellation);

        Assert.Equal(["task/cell/1"], swept.Removed);
        Assert.Empty(await client.Containers.ListContainersAsync(own, Cancellation));
    }

    private async Task MeasureAndKillAsync(Uri? endpoint)
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "EdgeBench.Tests"),
            ["-explicit", "only", "-method", $"{typeof(KilledEdgeNodeTests).FullName}.{nameof(Measure_until_killed)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[FolderVariable] = _requests.Folder;
        start.Environment[EngineVariable] = endpoint?.OriginalString;
        using var node = Process.Start(start)!;
        var output = node.StandardOutput.ReadToEndAsync(CancellationToken.None);
        try
        {
            while (!File.Exists(Path.Combine(_requests.Folder, "measures")))
            {
                Assert.False(node.HasExited, node.HasExited ? await output : "");
                await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
            }
        }
        finally
        {
            // This process alone, as a person or the kernel would.
            node.Kill(entireProcessTree: false);
            await node.WaitForExitAsync(CancellationToken.None);
        }
    }
}

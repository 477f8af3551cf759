using System.Diagnostics;
using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;
using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.Messages.Nodes;
using EdgeBench.Tests.Containers;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>An engine that is killed in the middle of a run, and comes back. It is one that no other test uses.</summary>
public sealed class EngineLossTests(ShellImage image) : IAsyncLifetime
{
    // As PrivateEngine starts it: the shell ends the engine when the test run ends, however that happens.
    private const string Restart = """
        dockerd --host "unix://$1/docker.sock" --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" \
            --bridge none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false </dev/null >>"$1/log" 2>&1 &
        engine=$!
        read -r _
        kill "$engine" 2>/dev/null
        wait "$engine"
        """;

    private static readonly TimeSpan RestartLimit = TimeSpan.FromMinutes(2);

    private readonly PrivateEngine _engine = new();
    private readonly Requests _requests = new(image);
    private Process? _restarted;
    private string _folder = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _folder = Path.GetDirectoryName((await _engine.EndpointAsync()).AbsolutePath)!;

    public async ValueTask DisposeAsync()
    {
        if (_restarted is not null)
        {
            _restarted.StandardInput.Close();
            await _restarted.WaitForExitAsync(CancellationToken.None);
            _restarted.Dispose();
        }

        await _engine.DisposeAsync();
        _requests.Dispose();
    }

    [Fact]
    public async Task A_run_whose_engine_is_killed_is_lost_and_its_container_is_removed_when_the_engine_is_back()
    {
        var endpoint = new Uri($"unix://{_folder}/docker.sock");
        using var engine = new ContainerEngine(endpoint);
        using var client = new DockerClientBuilder().WithEndpoint(endpoint).Build();
        var data = Guid.NewGuid();
        var host = new ContainerInferenceHost(engine, data, TimeProvider.System) { RemovalLimit = TimeSpan.FromSeconds(1) };
        var updates = new RecordedUpdates();
        var run = host.RunAsync(_requests.Behaving("hang"), updates, Cancellation);
        await updates.RunnerSpoke.WaitAsync(Cancellation);

        await KillEngineAsync();
        var lost = await run;
        var refused = await host.RunAsync(_requests.Behaving("measure"), new RecordedUpdates(), Cancellation);
        var unswept = await host.SweepAsync(Cancellation);
        await RestartEngineAsync(engine);
        var left = await client.Containers.ListContainersAsync(new ContainersListParameters { All = true }, Cancellation);
        var measured = await host.RunAsync(_requests.Behaving("measure"), new RecordedUpdates(), Cancellation);

        Assert.Equal(InferenceFailureKind.Lost, lost.Failure?.Kind);
        Assert.Equal(InferenceFailureKind.EngineNotRunning, refused.Failure?.Kind);
        Assert.Contains("start it", refused.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(InferenceFailureKind.EngineNotRunning, unswept.Failure?.Kind);
        Assert.Single(left);
        Assert.Null(measured.Failure);
        Assert.Empty(await client.Containers.ListContainersAsync(new ContainersListParameters { All = true }, Cancellation));
    }

    private async Task KillEngineAsync()
    {
        var pid = int.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "pid"), Cancellation), CultureInfo.InvariantCulture);
        using (var engine = Process.GetProcessById(pid))
        {
            engine.Kill();
        }

        // It is no child of ours, and nobody may have taken note of its end yet.
        while (ProcessTable.StartTicks(pid) is not null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), Cancellation);
        }
    }

    private async Task RestartEngineAsync(ContainerEngine engine)
    {
        // Nobody may have taken note of the end of the killed engine and of its containerd, so that their pids count as ones that run.
        File.Delete(Path.Combine(_folder, "pid"));
        File.Delete(Path.Combine(_folder, "exec", "containerd", "containerd.pid"));
        _restarted = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Restart, "sh", _folder]) { RedirectStandardInput = true })!;
        var waited = Stopwatch.StartNew();
        while ((await engine.ProbeAsync(Cancellation)).Facts is null)
        {
            Assert.True(waited.Elapsed < RestartLimit, "the engine does not come back");
            await Task.Delay(TimeSpan.FromMilliseconds(100), Cancellation);
        }
    }
}

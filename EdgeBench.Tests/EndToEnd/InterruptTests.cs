using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;
using EdgeBench.Tests.Containers;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>Ctrl-C: before a server the task goes on, with <c>--local</c> nothing is left.</summary>
[Collection(EndToEndTestOrder.Name)]
public sealed class InterruptTests(SharedNodes nodes, PrivateEngine engine, BuiltImages images) : IDisposable
{
    private const string Endless = "100000";

    public void Dispose() => nodes.ShowSaid();

    [Fact]
    public async Task Ctrl_C_detaches_and_the_task_goes_on_until_it_is_cancelled()
    {
        var installation = await nodes.StartedAsync();
        var bench = installation.Start(["bench", Installation.Model("mobilenet_v1.json"), "--runtime", "onnxruntime", "--runs", Endless]);
        await bench.SaysAsync("task ");
        var task = new TaskId(bench.Said.Split("task ")[1][..12]);
        await installation.IsInMidRunAsync(task);

        await bench.SignalAsync("INT");
        var interrupted = await bench.ToEndAsync();
        Assert.Equal(130, interrupted.ExitCode);
        Assert.Contains($"edgebench task watch {task}", interrupted.Error, StringComparison.Ordinal);
        Assert.Null((await installation.LookAtAsync(task)).State.Outcome);
        Assert.Single(await installation.ContainersAsync("edge"));

        var watch = installation.Start(["task", "watch", task.Value]);
        (await installation.RunAsync("task", "cancel", task.Value)).Succeeded();
        Assert.Equal(1, (await watch.ToEndAsync()).ExitCode);
        await Condition.HoldsAsync(async () => (await installation.ContainersAsync("edge")).Count == 0, "no container of the task");
        Assert.Equal(TaskOutcome.Cancelled, (await installation.LookAtAsync(task)).State.Outcome);
        await installation.DeviceIsAsync("edge", DevicePhase.Idle);
    }

    [Fact]
    public async Task Locally_Ctrl_C_leaves_no_container_and_no_process_and_results_are_kept_for_the_next_time()
    {
        await using var installation = await Installation.WithContainersAsync(engine, images);
        var data = installation.PathOf("local");
        string[] local = ["bench", "--local", "--data", data];
        string[] keyed = [.. local, Installation.Model("digits_k3.keras"), "--key", "kept", "--json"];
        var measured = (await installation.RunAsync(keyed)).Succeeded();
        Assert.Contains("\"isolation\": \"container\"", measured.Output, StringComparison.Ordinal);

        var bench = installation.Start([.. local, Installation.Model("mobilenet_v1.json"), "--runs", Endless]);
        var identity = (await File.ReadAllTextAsync(Path.Combine(data, "edge", "identity"), TestContext.Current.CancellationToken)).Trim();
        await Condition.HoldsAsync(
            async () => (await installation.ContainersOfAsync(identity)).Any(container => container.State == "running"),
            "a container",
            () => bench.HasExited ? bench.Said : null);
        await bench.SignalAsync("INT");
        Assert.Equal(130, (await bench.ToEndAsync()).ExitCode);

        Assert.Empty(await installation.ContainersOfAsync(identity));
        var again = (await installation.RunAsync(keyed)).Succeeded();
        Assert.Equal(measured.Output, again.Output);
        Assert.Contains("submitted before", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Locally_Ctrl_C_while_the_nodes_are_starting_is_an_interruption_like_any_other()
    {
        await using var installation = await Installation.WithContainersAsync(engine, images);
        var data = installation.PathOf("local");
        var bench = installation.Start(["bench", "--local", "--data", data, Installation.Model("digits_k3.keras")]);
        await Condition.HoldsAsync(() => File.Exists(Path.Combine(data, "edge", "identity")), "the edge node's folder");

        await bench.SignalAsync("INT");

        (await bench.ToEndAsync()).FailedWith(130, "interrupted");
    }
}

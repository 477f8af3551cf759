using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;
using EdgeBench.Tests.Containers;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>Either node is killed with SIGKILL while a measurement runs in a container.</summary>
[Collection(EndToEndTestOrder.Name)]
public sealed class KilledNodeTests(PrivateEngine engine, BuiltImages images)
{
    private const string Zoo = "mobilenet_v1.json";
    private const int Runs = 400;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_edge_node_killed_in_mid_run_comes_back_and_the_task_ends_complete_with_one_result_a_cell()
    {
        await using var installation = await Installation.WithContainersAsync(engine, images);
        var (_, edge) = await installation.StartNodesAsync();
        var task = await installation.SubmitAsync(Zoo, Runs);
        await installation.IsInMidRunAsync(task);

        await edge.KillAsync();
        var left = Assert.Single(await installation.ContainersAsync("edge"));
        var next = installation.StartEdge();
        await next.SaysAsync("removed what an earlier process left running");
        Assert.DoesNotContain(await installation.ContainersAsync("edge"), container => container.ID == left.ID);
        var state = await installation.ToEndAsync(task);

        Assert.Equal(TaskOutcome.Completed, state.Outcome);
        Assert.Equal(2, Assert.Single(state.Cells).Attempts);
        await OneResultACellAsync(installation, task);
        Assert.Empty(await installation.ContainersAsync("edge"));
    }

    [Fact]
    public async Task A_server_killed_in_mid_run_comes_back_and_the_measurement_that_went_on_gives_the_one_result()
    {
        await using var installation = await Installation.WithContainersAsync(engine, images);
        var (server, edge) = await installation.StartNodesAsync();
        var task = await installation.SubmitAsync(Zoo, Runs);
        await installation.IsInMidRunAsync(task);
        var running = Assert.Single(await installation.ContainersAsync("edge"));

        await server.KillAsync();
        await edge.SaysAsync("joining again; what is being measured goes on");
        await (await installation.StartServerAsync()).SaysAsync("answers at");
        var state = await installation.ToEndAsync(task);

        Assert.Equal(TaskOutcome.Completed, state.Outcome);
        Assert.Equal(1, Assert.Single(state.Cells).Attempts);
        Assert.Equal($"{task}/1/1", running.Labels["edgebench.attempt"]);
        await OneResultACellAsync(installation, task);
        Assert.Equal(1, edge.Said.Split("mobilenet_v1 with onnxruntime").Length - 1);
        Assert.Empty(await installation.ContainersAsync("edge"));
    }

    [Fact]
    public async Task A_result_that_came_to_be_while_the_server_was_dead_is_delivered_by_the_next_process_of_the_edge_node()
    {
        await using var installation = await Installation.WithContainersAsync(engine, images);
        var (server, edge) = await installation.StartNodesAsync();
        var task = await installation.SubmitAsync(Zoo, Runs);
        await installation.IsInMidRunAsync(task);

        await server.KillAsync();
        var spool = Path.Combine(installation.EdgeData("edge"), "spool");
        // A file that is still being written has another name.
        await Condition.HoldsAsync(
            () => Directory.EnumerateFiles(spool, "*.json", SearchOption.AllDirectories).Any(), "a result in the spool");
        await edge.KillAsync();
        await (await installation.StartServerAsync()).SaysAsync("answers at");
        installation.StartEdge();
        var state = await installation.ToEndAsync(task);

        Assert.Equal(TaskOutcome.Completed, state.Outcome);
        Assert.Equal(1, Assert.Single(state.Cells).Attempts);
        await OneResultACellAsync(installation, task);
        await Condition.HoldsAsync(() => !Directory.EnumerateFiles(spool, "*", SearchOption.AllDirectories).Any(), "an empty spool");
    }

    [Fact]
    public async Task A_device_that_is_gone_for_good_does_not_hold_up_the_cells_of_another()
    {
        await using var installation = await Installation.WithContainersAsync(engine, images);
        var (_, edge) = await installation.StartNodesAsync();
        var gone = installation.StartEdge("gone");
        await installation.DeviceIsAsync("gone", DevicePhase.Idle);
        var both = await installation.ToEndAsync(await installation.SubmitAsync("digits_k3.keras", runs: 30));
        Assert.Equal(TaskOutcome.Completed, both.Outcome);
        Assert.Equal(["edge", "gone"], both.Cells.Select(cell => cell.Cell.DeviceName.Value));

        await gone.KillAsync();
        var task = await installation.SubmitAsync("digits_k3.keras", 30, "edge", "gone");
        await Condition.HoldsAsync(
            async () => (await installation.LookAtAsync(task)).State.Cells[0].Phase == CellPhase.Measured, "the other device's cell");
        Assert.Null((await installation.LookAtAsync(task)).State.Outcome);
        await installation.DeviceIsAsync("gone", DevicePhase.Away);

        installation.StartEdge("gone");
        Assert.Equal(TaskOutcome.Completed, (await installation.ToEndAsync(task)).Outcome);
        Assert.False(edge.HasExited);
    }

    private static async Task OneResultACellAsync(Installation installation, TaskId task)
    {
        var history = await installation.Client.GetHistoryAsync(task, Cancellation);
        Assert.Single(history.Value!, happened => happened.Event is TaskEvents.CellMeasured);
        Assert.DoesNotContain(history.Value!, happened => happened.Event is TaskEvents.ResultSuperseded);
    }
}

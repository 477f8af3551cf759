using EdgeBench.Cluster.Tasks;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Cluster;

[Collection("cluster")]
public sealed class ReuseTests
{
    private static readonly Sha256 Host = Sha256.Of("the host as it is"u8);
    private static readonly Sha256 OtherHost = Sha256.Of("the host with another governor"u8);

    [Fact]
    public async Task A_valid_result_of_the_same_conditions_is_used_again_even_after_a_restart_of_the_server_and_says_where_it_is_from()
    {
        await using var server = await TestServer.StartAsync();
        var request = await server.RequestAsync("lenet");
        TaskState first;
        DeviceId id;
        await using (var device = await OnlineAsync(server))
        {
            id = device.Id;
            first = await MeasuredAsync(server, device, request);
        }

        await server.StopAsync();
        await server.StartAgainAsync();
        await using var again = await OnlineAsync(server, id);
        var task = (await server.SubmitAsync(request)).Task;
        var second = await server.UntilAsync(task, state => state.Outcome is not null);

        var (measured, reused) = (Assert.Single(first.Cells), Assert.Single(second.Cells));
        Assert.Equal((TaskOutcome.Completed, CellPhase.Measured, 0), (second.Outcome, reused.Phase, reused.Attempts));
        Assert.Equal(measured.Cell.Id, reused.ReusedFrom);
        Assert.Equal(measured.MeasuredAt, reused.MeasuredAt);
        Assert.Equivalent(measured.Result, reused.Result, strict: true);

        // What was reused is not itself a source: the third names the first too.
        var third = await server.UntilAsync((await server.SubmitAsync(request)).Task, state => state.Outcome is not null);
        Assert.Equal(measured.Cell.Id, Assert.Single(third.Cells).ReusedFrom);
    }

    [Fact]
    public async Task Nothing_is_used_again_for_who_wants_fresh_results_or_where_anything_differs()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await OnlineAsync(server);
        var request = await server.RequestAsync("lenet");
        await MeasuredAsync(server, device, request);

        await MeasuredAsync(server, device, request with { Fresh = true });
        await MeasuredAsync(server, device, request with { Options = request.Options with { Threads = 1 } });
        await MeasuredAsync(server, device, request with { Options = request.Options with { Seed = 1 } });
        await MeasuredAsync(server, device, await server.RequestAsync("another"));

        // A changed governor changes the hash, and the device tells it by its next heartbeat.
        device.Description = device.Description with { Host = OtherHost };
        await device.BeatAsync();
        await MeasuredAsync(server, device, request);

        device.Description = device.Description with { Host = Host, EdgeVersion = "0.2.0" };
        await device.RegisterAsync();
        await device.BeatAsync();
        await MeasuredAsync(server, device, request);
    }

    [Theory]
    [InlineData(VerdictLevel.Suspect)]
    [InlineData(VerdictLevel.Invalid)]
    [InlineData(null)]
    public async Task A_result_that_is_not_valid_is_not_used_again(VerdictLevel? level)
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await OnlineAsync(server);
        var request = await server.RequestAsync("lenet");
        var verdict = level is { } known ? new Verdict(known, [], 1) : null;

        await MeasuredAsync(server, device, request, result => result with { Verdict = verdict });
        await MeasuredAsync(server, device, request);
    }

    [Fact]
    public async Task A_device_that_does_not_tell_its_facts_or_whose_facts_changed_meanwhile_measures_anew()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await OnlineAsync(server);
        var request = await server.RequestAsync("lenet");
        await MeasuredAsync(server, device, request, result => result with { Host = null });
        await MeasuredAsync(server, device, request);

        device.Description = device.Description with { Host = null };
        await device.BeatAsync();
        await MeasuredAsync(server, device, request);
    }

    [Fact]
    public void A_late_result_of_a_cell_that_reused_another_is_kept_and_not_counted()
    {
        var attempt = new AttemptId(Messages.Samples.CellOne, 1);
        var state = TaskState.Replay(
        [
            new TaskEvents.Submitted(
                Messages.Samples.Task, Messages.Samples.Key, Messages.Samples.Request, [Messages.Samples.Cell], "1", Messages.Samples.At),
            new TaskEvents.ModelConverted(0, Messages.Samples.Converted, Messages.Samples.At),
            new TaskEvents.CellAssigned(attempt, Messages.Samples.At),
            new TaskEvents.AttemptFailed(attempt, Messages.Samples.Failure, Messages.Samples.At),
            new TaskEvents.CellReused(
                Messages.Samples.CellOne, new CellId(TaskId.Of(new TaskKey("k")), 1), Messages.Samples.At, Messages.Samples.Result,
                Messages.Samples.At),
        ]);

        var late = state.Process(new TaskCommand.KeepResult(attempt, Messages.Samples.Result), Messages.Samples.At);

        Assert.Equal(ResultAnswer.Superseded, late.Answer);
        Assert.IsType<TaskEvents.ResultSuperseded>(late.Events[0]);
    }

    private static async Task<FakeDevice> OnlineAsync(TestServer server, DeviceId? id = null)
    {
        var device = await FakeDevice.JoinAsync(server, "pc", id: id);
        device.Description = device.Description with { Host = Host };
        await device.RegisterAsync();
        await device.BeatAsync();
        return device;
    }

    /// <summary>Submits a request whose only cell the device is given, and measures.</summary>
    private static async Task<TaskState> MeasuredAsync(
        TestServer server, FakeDevice device, TaskRequest request, Func<CellResult, CellResult>? change = null)
    {
        var task = (await server.SubmitAsync(request)).Task;
        var cell = await device.ExpectAsync<ToDevice.RunCell>(run => run.Attempt.Cell.Task == task);
        device.Tell(new FromDevice.AttemptStarted(device.Id, cell.Attempt));
        var result = Messages.Samples.Result with
        {
            Raw = await server.UploadAsync($"raw of {cell.Attempt}"),
            Verdict = new Verdict(VerdictLevel.Valid, [], 1),
            Host = device.Description.Host,
            Fingerprint = new Fingerprint([new NamedFact(FactNames.RuntimeImage, cell.Assignment.Image.Identity().Hex)]),
            Conditions = Messages.Samples.Result.Conditions with
            {
                EdgeVersion = device.Description.EdgeVersion,
                Isolation = device.Description.Isolation,
            },
        };
        await device.DeliverAsync(cell.Attempt, change?.Invoke(result) ?? result);
        var state = await server.UntilAsync(task, state => state.Outcome is not null);
        Assert.Null(Assert.Single(state.Cells).ReusedFrom);
        return state;
    }
}

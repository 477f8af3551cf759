using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Cluster;

/// <summary>Users and devices with a real server, over a real cluster.</summary>
[Collection("cluster")]
public sealed class CoordinationTests
{
    [Fact]
    public async Task Without_a_device_a_task_is_refused_with_the_line_to_type()
    {
        await using var server = await TestServer.StartAsync();

        var refused = await server.AskAsync<ClientReplies.Refused>(
            new ClientRequests.SubmitTask(TaskKey.New(), await server.RequestAsync()));

        Assert.Equal(RefusalCode.NoDeviceOnline, refused.Code);
        Assert.Contains("edgebench edge --join", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_accepted_is_refused_with_what_is_known()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        var request = await server.RequestAsync("lenet");
        var key = TaskKey.New();

        await ExpectAsync(
            RefusalCode.UnknownDevice,
            "no device is called 'pi'; known: pc",
            request with { Devices = [new DeviceName("pi")] });
        await ExpectAsync(
            RefusalCode.UnknownRuntime,
            "no runtime is called 'tensorrt'; known: onnxruntime",
            request with { Runtimes = ["tensorrt"] });
        await ExpectAsync(
            RefusalCode.UnknownRuntime,
            "absent is not available: the command npm is missing",
            request with { Runtimes = ["absent"] });
        await ExpectAsync(RefusalCode.BadRequest, "at least one model", request with { Models = [] });
        await ExpectAsync(RefusalCode.BadRequest, "the runs are", request with { Options = new MeasurementOptions { Runs = 0 } });
        await ExpectAsync(RefusalCode.BadRequest, "the threads are", request with { Options = new MeasurementOptions { Threads = 0 } });
        await ExpectAsync(
            RefusalCode.BadRequest, "submit it in parts", request with { Models = [.. Enumerable.Repeat(request.Models[0], 1000)] });
        await ExpectAsync(
            RefusalCode.ArtifactMissing,
            "ghost.h5 is not in the artifact store",
            request with { Models = [request.Models[0] with { FileName = "ghost.h5", File = Messages.Samples.Artifact("ghost") }] });
        Assert.Equal(
            RefusalCode.UnknownTask,
            (await server.AskAsync<ClientReplies.Refused>(new ClientRequests.CancelTask(TaskId.Of(TaskKey.New())))).Code);
        Assert.Equal(
            RefusalCode.Unauthorized,
            Assert.IsType<ClientReplies.Refused>(await server.AskAsync(new ClientRequests.ListTasks(), "wrong")).Code);

        Assert.False((await server.SubmitAsync(request, key)).Existed);
        Assert.True((await server.SubmitAsync(request, key)).Existed);
        await ExpectAsync(RefusalCode.KeyTaken, "another request", request with { Options = new MeasurementOptions { Runs = 31 } });

        async Task ExpectAsync(RefusalCode code, string message, TaskRequest asked)
        {
            var refused = await server.AskAsync<ClientReplies.Refused>(new ClientRequests.SubmitTask(key, asked));
            Assert.Equal(code, refused.Code);
            Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_plan_is_the_grid_that_submitting_would_have_and_begins_nothing()
    {
        await using var server = await TestServer.StartAsync();
        await using var pc = await FakeDevice.OnlineAsync(server, "pc");
        await using var board = await FakeDevice.OnlineAsync(server, "board", "arm64");
        var request = await server.RequestAsync("lenet");
        var key = TaskKey.New();

        var planned = await server.AskAsync<ClientReplies.Planned>(new ClientRequests.PlanTask(key, request with
        {
            Models = [request.Models[0] with { File = Messages.Samples.Artifact("not uploaded") }],
            Runtimes = ["onnxruntime"],
        }));
        var refused = await server.AskAsync<ClientReplies.Refused>(new ClientRequests.PlanTask(key, request with { Runtimes = ["none"] }));
        var tasks = await server.AskAsync<ClientReplies.TaskList>(new ClientRequests.ListTasks());
        var accepted = await server.SubmitAsync(request with { Runtimes = ["onnxruntime"] }, key);
        var taken = await server.AskAsync<ClientReplies.Refused>(new ClientRequests.PlanTask(key, request));

        Assert.Equal(RefusalCode.KeyTaken, taken.Code);
        Assert.Empty(tasks.Tasks);
        Assert.Equal(RefusalCode.UnknownRuntime, refused.Code);
        Assert.Equal(accepted.Cells, planned.Cells);
        Assert.Equal(["board", "pc"], planned.Cells.Select(cell => cell.DeviceName.Value));
        Assert.Equal(1, Assert.Single(planned.Refused).Cell);
    }

    [Fact]
    public async Task Cells_that_cannot_be_measured_end_with_what_to_do_and_the_others_go_on()
    {
        await using var server = await TestServer.StartAsync();
        await using var pc = await FakeDevice.OnlineAsync(server, "pc");
        await using var board = await FakeDevice.OnlineAsync(server, "board", "arm64");
        await using var broken = await FakeDevice.JoinAsync(server, "broken");
        broken.Description = broken.Description with { Problem = "the Docker engine does not answer; start it" };
        await broken.RegisterAsync();
        await broken.BeatAsync();

        var request = await server.RequestAsync("lenet", "bad");
        var accepted = await server.SubmitAsync(request with { Runtimes = ["onnxruntime"] });
        await pc.MeasureAsync(server);
        var state = await server.UntilAsync(accepted.Task, state => state.Outcome is not null);

        Assert.Equal(TaskOutcome.Failed, state.Outcome);
        var endings = state.Cells.ToDictionary(
            cell => (cell.Cell.Model, cell.Cell.DeviceName.Value), cell => (cell.Failure?.Kind, cell.Failure?.Message ?? ""));
        Assert.Null(endings[(0, "pc")].Kind);
        Assert.Equal((FailureKind.EngineUnavailable, "the Docker engine does not answer; start it"), endings[(0, "broken")]);
        Assert.Equal(FailureKind.ImageMissing, endings[(0, "board")].Kind);
        Assert.Contains("edgebench runtime build onnxruntime --arch arm64", endings[(0, "board")].Item2, StringComparison.Ordinal);
        Assert.Equal((FailureKind.ModelRefused, "bad.h5 is not accepted: it is bad"), endings[(1, "pc")]);
    }

    [Fact]
    public async Task A_name_that_another_live_device_has_is_refused_with_the_line_to_type()
    {
        await using var server = await TestServer.StartAsync();
        await using var first = await FakeDevice.OnlineAsync(server, "pi");
        await using var second = await FakeDevice.JoinAsync(server, "pi");

        second.Tell(new FromDevice.Register(second.Id, second.Session, second.Name, second.Description, [], server.Node.Token));
        var refused = await second.ExpectAsync<ToDevice.RegistrationRefused>();
        second.Tell(new FromDevice.Register(second.Id, second.Session, new DeviceName("pi-2"), second.Description, [], "wrong"));
        var wrong = await second.ExpectAsync<ToDevice.RegistrationRefused>();

        Assert.Contains("--name pi-2", refused.Message, StringComparison.Ordinal);
        Assert.Contains(server.Node.TokenFile, wrong.Message, StringComparison.Ordinal);
        Assert.Single((await server.AskAsync<ClientReplies.DeviceList>(new ClientRequests.ListDevices())).Devices);
    }

    [Fact]
    public async Task A_cancelled_cell_is_stopped_and_its_device_takes_the_next_one_once_it_says_so()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        var first = await server.SubmitAsync(await server.RequestAsync("one"));
        var running = await device.ExpectAsync<ToDevice.RunCell>();
        device.Tell(new FromDevice.AttemptStarted(device.Id, running.Attempt));
        var second = await server.SubmitAsync(await server.RequestAsync("two"));

        await server.AskAsync<ClientReplies.Done>(new ClientRequests.CancelTask(first.Task));
        await device.ExpectAsync<ToDevice.StopAttempt>(stop => stop.Attempt == running.Attempt);
        var state = await server.UntilAsync(first.Task, state => state.Outcome is not null);
        // A heartbeat that tells of nothing may be older than what it was given; only the answer to the stop counts.
        await device.BeatAsync();
        Assert.NotNull(await device.ExpectAsync<ToDevice.StopAttempt>());
        var stopped = await device.FailAsync(running.Attempt, new CellFailure(FailureKind.Cancelled, "stopped"));
        var next = await device.MeasureAsync(server);

        Assert.Equal(ResultAnswer.Superseded, stopped.Answer);
        Assert.Equal(TaskOutcome.Cancelled, state.Outcome);
        Assert.Equal(FailureKind.Cancelled, state.Cells[0].Failure!.Kind);
        Assert.Equal(second.Task, next.Cell.Task);
        Assert.Contains(
            "had ended already",
            (await server.AskAsync<ClientReplies.Done>(new ClientRequests.CancelTask(first.Task))).Message,
            StringComparison.Ordinal);
        // What the device measured after all is kept, but does not count.
        var late = Messages.Samples.Result with { Raw = await server.UploadAsync("late") };
        Assert.Equal(ResultAnswer.Superseded, (await device.DeliverAsync(running.Attempt, late)).Answer);
        Assert.IsType<TaskEvents.ResultSuperseded>((await server.HistoryAsync(first.Task))[^1]);
    }

    [Fact]
    public async Task A_result_counts_once_and_only_with_its_samples()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        var accepted = await server.SubmitAsync(await server.RequestAsync("one"));
        var cell = await device.ExpectAsync<ToDevice.RunCell>();
        var result = Messages.Samples.Result with { Raw = Messages.Samples.Artifact("samples") };

        var missing = await device.DeliverAsync(cell.Attempt, result);
        await server.UploadAsync("samples");
        var stored = await device.DeliverAsync(cell.Attempt, result);
        var doubled = await device.DeliverAsync(cell.Attempt, result);
        var unknown = await device.DeliverAsync(new AttemptId(new CellId(TaskId.Of(TaskKey.New()), 1), 1), result);

        Assert.Equal((ResultAnswer.Missing, result.Raw), (missing.Answer, missing.Missing));
        Assert.Equal(ResultAnswer.Stored, stored.Answer);
        Assert.Equal(ResultAnswer.Stored, doubled.Answer);
        Assert.Equal(ResultAnswer.Unknown, unknown.Answer);
        Assert.Single((await server.HistoryAsync(accepted.Task)).OfType<TaskEvents.CellMeasured>());
    }

    [Fact]
    public async Task A_device_that_was_killed_is_given_its_cell_again_and_one_that_only_lost_the_link_keeps_it()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        var accepted = await server.SubmitAsync(await server.RequestAsync("one"));
        var first = await device.ExpectAsync<ToDevice.RunCell>();
        device.Tell(new FromDevice.AttemptStarted(device.Id, first.Attempt));
        await server.UntilAsync(accepted.Task, state => state.Cells is [{ Phase: CellPhase.Running }]);

        // The link was lost: the new session holds what it was at.
        Assert.Equal([first.Attempt], (await device.RegisterAsync(first.Attempt)).Valid);
        await device.BeatAsync(first.Attempt);
        // The process was lost: it comes back with nothing.
        Assert.Empty((await device.RegisterAsync()).Valid);
        await device.BeatAsync();
        var second = await device.MeasureAsync(server);
        var state = await server.UntilAsync(accepted.Task, state => state.Outcome is not null);

        Assert.Equal(2, second.Number);
        Assert.Equal(TaskOutcome.Completed, state.Outcome);
        Assert.Equal(
            FailureKind.Lost,
            Assert.Single((await server.HistoryAsync(accepted.Task)).OfType<TaskEvents.AttemptFailed>()).Failure.Kind);
    }

    [Fact]
    public async Task A_silent_device_is_taken_out_of_the_cluster_and_its_cells_end_when_it_stays_away()
    {
        await using var server = await TestServer.StartAsync(options => options with
        {
            DeviceAwayAfter = TimeSpan.FromSeconds(1),
            DeviceLostAfter = TimeSpan.FromSeconds(3),
        });
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        var accepted = await server.SubmitAsync(await server.RequestAsync("one", "two"));
        await device.ExpectAsync<ToDevice.RunCell>();

        device.Kill();
        var state = await server.UntilAsync(accepted.Task, state => state.Outcome is not null);

        Assert.All(state.Cells, cell => Assert.Equal(FailureKind.DeviceLost, cell.Failure!.Kind));
        var known = Assert.Single((await server.AskAsync<ClientReplies.DeviceList>(new ClientRequests.ListDevices())).Devices);
        Assert.Equal(DevicePhase.Away, known.Phase);
        Assert.Equal(RefusalCode.NoDeviceOnline, (await server.AskAsync<ClientReplies.Refused>(
            new ClientRequests.SubmitTask(TaskKey.New(), await server.RequestAsync()))).Code);
        ClientReplies.AdminOutput show;
        do
        {
            show = await server.AskAsync<ClientReplies.AdminOutput>(new ClientRequests.RunAdminCommand(["cluster", "show"]));
        }
        while (show.Lines[^1] != "Count: 1 nodes");
    }

    [Fact]
    public async Task A_server_killed_in_mid_run_takes_up_its_tasks_and_the_result_of_the_run()
    {
        await using var server = await TestServer.StartAsync();
        var id = new DeviceId(Guid.NewGuid());
        TaskId task;
        ToDevice.RunCell cell;
        await using (var device = await FakeDevice.OnlineAsync(server, "pc", id: id))
        {
            task = (await server.SubmitAsync(await server.RequestAsync("one", "two"))).Task;
            cell = await device.ExpectAsync<ToDevice.RunCell>();
            device.Tell(new FromDevice.AttemptStarted(id, cell.Attempt));
            await server.UntilAsync(task, state => state.Cells.Any(each => each.Phase == CellPhase.Running));
        }

        await server.KillAsync();
        await server.StartAgainAsync();
        await using var again = await FakeDevice.JoinAsync(server, "pc", id: id);
        Assert.Equal([cell.Attempt], (await again.RegisterAsync(cell.Attempt)).Valid);
        await again.BeatAsync();
        var result = Messages.Samples.Result with { Raw = await server.UploadAsync("samples") };
        Assert.Equal(ResultAnswer.Stored, (await again.DeliverAsync(cell.Attempt, result)).Answer);
        await again.MeasureAsync(server);
        var state = await server.UntilAsync(task, state => state.Outcome is not null);

        Assert.Equal(TaskOutcome.Completed, state.Outcome);
        Assert.All(state.Cells, measured => Assert.Equal(1, measured.Attempts));
    }

    [Fact]
    public async Task Cells_go_out_in_order_and_a_watcher_sees_progress_and_long_histories_in_pages()
    {
        await using var server = await TestServer.StartAsync(options => options with { TaskIdleAfter = TimeSpan.FromMilliseconds(200) });
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        var models = Enumerable.Range(1, 40).Select(number => $"m{number}").ToArray();
        var accepted = await server.SubmitAsync(await server.RequestAsync(models));

        var cell = await device.ExpectAsync<ToDevice.RunCell>();
        await server.UntilAsync(accepted.Task, state => state.Models.Count == models.Length);
        var cursor = (await server.HistoryAsync(accepted.Task)).Count;
        device.Tell(new FromDevice.AttemptProgress(device.Id, cell.Attempt, "timing", 12));
        ClientReplies.EventPage page;
        do
        {
            page = await server.AskAsync<ClientReplies.EventPage>(new ClientRequests.EventsAfter(accepted.Task, cursor, Wait: true));
            cursor += page.Events.Count;
        }
        while (page.Progress.Count == 0);
        Assert.Equal(new CellProgress(cell.Attempt.Cell, "timing", 12), Assert.Single(page.Progress));

        var long_ = Messages.Samples.Failure with { Kind = FailureKind.RunnerFailed, LastOutput = new string('x', 50_000) };
        await device.FailAsync(cell.Attempt, long_);
        var order = new List<int> { cell.Attempt.Cell.Number };
        while (order.Count < models.Length)
        {
            var next = await device.ExpectAsync<ToDevice.RunCell>();
            order.Add(next.Attempt.Cell.Number);
            await device.FailAsync(next.Attempt, long_);
        }

        await server.UntilAsync(accepted.Task, state => state.Outcome is not null);
        var pages = new List<ClientReplies.EventPage>();
        do
        {
            pages.Add(await server.AskAsync<ClientReplies.EventPage>(
                new ClientRequests.EventsAfter(accepted.Task, pages.Sum(earlier => earlier.Events.Count), Wait: false)));
        }
        while (pages[^1].More);

        // The first to go is the one whose model was converted first; by then all others waited.
        Assert.Equal(Enumerable.Range(1, models.Length).Where(number => number != order[0]), order.Skip(1));
        Assert.True(pages.Count > 1);
        Assert.All(pages, each => Assert.InRange(
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(each, MessagesJson.Options).Length,
            1, MessageLimits.MaximumEventBytes + 4096));
        Assert.IsType<TaskEvents.Ended>(pages[^1].Events[^1].Event);
    }
}

using EdgeBench.Client;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Tasks;
using Microsoft.Extensions.Time.Testing;

namespace EdgeBench.Tests.Client;

public class EdgeBenchClientTests
{
    private static readonly ClientError Silent = new(ClientErrorKind.Unreachable, "no server");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watching_a_task_gives_every_event_once_and_ends_with_it()
    {
        var link = new FakeServerLink(request => new(TaskSample.Page(((ClientRequests.EventsAfter)request).Cursor, most: 2)));
        await using var client = Create(link);

        var updates = await WatchAllAsync(client);

        Assert.Equal([1, 2, 3, 4, 5, 6], updates.SelectMany(update => update.Value!.Events).Select(at => at.Number));
        Assert.Equal(TaskOutcome.Completed, updates[^1].Value!.State.Outcome);
        Assert.Equal(TaskState.Replay(TaskSample.Events).Cells, updates[^1].Value!.State.Cells);
    }

    [Fact]
    public async Task Watching_outlives_a_server_that_is_silent_for_less_than_the_patience()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
        var calls = 0;
        var link = new FakeServerLink(request => ++calls is 2 or 3
            ? new(Silent)
            : new(TaskSample.Page(((ClientRequests.EventsAfter)request).Cursor, most: 3)));
        await using var client = Create(link, time);

        var watching = WatchAllAsync(client);
        await AdvanceUntilDoneAsync(time, watching);

        Assert.All(await watching, update => Assert.True(update.IsOk));
        Assert.Equal(TaskOutcome.Completed, (await watching)[^1].Value!.State.Outcome);
    }

    [Fact]
    public async Task Watching_a_server_that_stays_silent_ends_with_its_error()
    {
        var time = new FakeTimeProvider();
        await using var client = Create(new FakeServerLink(_ => new(Silent)), time);

        var watching = WatchAllAsync(client);
        await AdvanceUntilDoneAsync(time, watching);

        Assert.Equal(Silent, Assert.Single(await watching).Error);
    }

    [Fact]
    public async Task A_refusal_is_an_error_of_its_kind_and_not_an_exception()
    {
        var link = new FakeServerLink(_ => new(new ClientReplies.Refused(RefusalCode.UnknownTask, "there is no task 0123456789ab")));
        await using var client = Create(link);

        var history = await client.GetHistoryAsync(TaskSample.Id, Cancellation);
        var watched = await WatchAllAsync(client);

        Assert.Equal(new ClientError(ClientErrorKind.UnknownTask, "there is no task 0123456789ab"), history.Error);
        Assert.Equal(history.Error, Assert.Single(watched).Error);
    }

    [Fact]
    public async Task History_collects_all_pages()
    {
        var link = new FakeServerLink(request => new(TaskSample.Page(((ClientRequests.EventsAfter)request).Cursor, most: 4)));
        await using var client = Create(link);

        var history = await client.GetHistoryAsync(TaskSample.Id, Cancellation);

        Assert.Equal(TaskSample.Events, history.Value!.Select(at => at.Event));
        Assert.Equal(2, link.Requests.Count);
    }

    [Fact]
    public async Task A_list_collects_all_pages()
    {
        var tasks = Enumerable.Range(0, 5).Select(number => new TaskKey($"key{number}"))
            .Select(key => new TaskEntry(TaskId.Of(key), key, IsOpen: false)).ToList();
        var link = new FakeServerLink(request =>
        {
            var rest = tasks.Skip(((ClientRequests.ListTasks)request).Skip).ToList();
            return new(new ClientReplies.TaskList([.. rest.Take(2)], rest.Count > 2));
        });
        await using var client = Create(link);

        var listed = await client.ListTasksAsync(Cancellation);

        Assert.Equal(tasks, listed.Value);
        Assert.Equal(3, link.Requests.Count);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_an_error_before_anything_is_asked()
    {
        var link = new FakeServerLink(_ => throw new InvalidOperationException("nothing is to be asked"));
        await using var client = Create(link);

        var submitted = await client.SubmitAsync(new Submission { Models = ["no-such-model.keras"] }, Cancellation);

        Assert.Equal(ClientErrorKind.FileNotReadable, submitted.Error!.Kind);
        Assert.Contains("no-such-model.keras", submitted.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_unreachable_and_says_what_to_do()
    {
        await using var client = new EdgeBenchClient(new ClientOptions { Server = "127.0.0.1:1", Token = "any" });

        var devices = await client.ListDevicesAsync(Cancellation);

        Assert.Equal(ClientErrorKind.Unreachable, devices.Error!.Kind);
        Assert.Contains("edgebench server", devices.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("host:port")]
    [InlineData("host/path")]
    [InlineData("user@host")]
    public void What_is_no_host_and_port_is_refused(string text) =>
        Assert.Throws<ArgumentException>(() => new EdgeBenchClient(new ClientOptions { Server = text, Token = "any" }));

    private static EdgeBenchClient Create(FakeServerLink link, TimeProvider? time = null) =>
        new(new ClientOptions { Token = "any" }, (_, _) => link, time ?? TimeProvider.System);

    private static async Task<List<Answer<TaskUpdate>>> WatchAllAsync(EdgeBenchClient client)
    {
        var updates = new List<Answer<TaskUpdate>>();
        await foreach (var update in client.WatchAsync(TaskSample.Id, Cancellation))
        {
            updates.Add(update);
        }

        return updates;
    }

    private static async Task AdvanceUntilDoneAsync(FakeTimeProvider time, Task watching)
    {
        while (!watching.IsCompleted)
        {
            Cancellation.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}

using System.Net;
using System.Text.Json;
using EdgeBench.Client;
using EdgeBench.Cluster;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace EdgeBench.Tests.Cluster;

/// <summary>The server as a process would run it: its data folder, its start and its end.</summary>
[Collection("cluster")]
public sealed class ServerNodeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_survives_the_server_and_its_journal_is_json_that_a_person_can_read()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        var accepted = await server.SubmitAsync(await server.RequestAsync("lenet"));
        var attempt = await device.MeasureAsync(server);
        var before = await server.UntilAsync(accepted.Task, state => state.Outcome is not null);
        var history = await server.HistoryAsync(accepted.Task);

        await server.StopAsync();
        await server.StartAgainAsync();
        var after = TaskState.Replay(await server.HistoryAsync(accepted.Task));

        Assert.Equal(new AttemptId(new CellId(accepted.Task, 1), 1), attempt);
        Assert.Equal(TaskOutcome.Completed, before.Outcome);
        Assert.Equal(
            ["submitted1", "converted1", "assigned1", "started1", "measured1", "ended1"],
            history.Select(happened => Manifests.Of(happened.GetType())));
        Assert.Equal(history.Select(JsonOf), (await server.HistoryAsync(accepted.Task)).Select(JsonOf));
        Assert.Equal(Json(before.Cells[0].Result), Json(after.Cells[0].Result));
        Assert.Equal(JournalRows(server, accepted.Task), history.Select(happened => (Manifests.Of(happened.GetType())!, JsonOf(happened))));
        var entry = Assert.Single((await server.AskAsync<ClientReplies.TaskList>(new ClientRequests.ListTasks())).Tasks);
        Assert.Equal((accepted.Task, false), (entry.Id, entry.IsOpen));
    }

    [Fact]
    public async Task A_client_of_the_library_reaches_the_server_through_its_receptionist()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        await using var client = new EdgeBenchClient(
            new ClientOptions { Server = server.Node.HttpAddress.Authority, Token = server.Node.Token });

        var devices = await client.ListDevicesAsync(Cancellation);

        Assert.True(devices.IsOk, devices.Error?.Message);
        Assert.Equal("pc", Assert.Single(devices.Value!).Name.Value);
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_folder_is_refused()
    {
        await using var server = await TestServer.StartAsync();

        var refusal = await RefusalAsync(Options(server.DataFolder));

        Assert.Contains("another server uses the data folder", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--data DIR", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_used_is_refused()
    {
        var file = Path.GetTempFileName();
        try
        {
            var refusal = await RefusalAsync(Options(file));
            Assert.Contains($"the data folder {file} cannot be used", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_with_the_option_for_another()
    {
        await using var server = await TestServer.StartAsync();
        using var folder = new TemporaryFolder();
        var options = Options(folder.Path);

        var http = await RefusalAsync(options with { HttpPort = server.Node.HttpAddress.Port });
        Assert.Contains("choose another port: --port N", http.Message, StringComparison.Ordinal);
        var akka = await RefusalAsync(options with { AkkaPort = server.AkkaPort });
        Assert.Contains("choose another port: --cluster-port N", akka.Message, StringComparison.Ordinal);
        // What failed to start has let go of its folder.
        await using var node = await ServerNode.StartAsync(options, Cancellation);
    }

    [Fact]
    public async Task A_server_listens_beyond_loopback_only_where_that_is_wanted_and_says_so_again_and_again()
    {
        using var folder = new TemporaryFolder();
        var refusal = await RefusalAsync(Options(folder.Path) with { ListenAddress = IPAddress.Any });
        Assert.Contains("--insecure", refusal.Message, StringComparison.Ordinal);

        await using var server = await TestServer.StartAsync(options => options with
        {
            ListenAddress = IPAddress.Any,
            PublicHost = "127.0.0.1",
            Insecure = true,
        });
        var status = await server.AskAsync<ClientReplies.AdminOutput>(new ClientRequests.RunAdminCommand(["cluster", "status"]));

        Assert.Contains(status.Lines, line => line.StartsWith("warning: insecure", StringComparison.Ordinal));
        Assert.True(server.Log.Contains(LogLevel.Warning, "insecure"));
    }

    [Fact]
    public async Task Administrators_commands_speak_as_pbm_does()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await FakeDevice.OnlineAsync(server, "pc");

        var show = await server.AskAsync<ClientReplies.AdminOutput>(new ClientRequests.RunAdminCommand(["cluster", "show"]));
        var leader = await server.AskAsync<ClientReplies.AdminOutput>(new ClientRequests.RunAdminCommand(["cluster", "leader"]));
        var unknown = await server.AskAsync<ClientReplies.Refused>(new ClientRequests.RunAdminCommand(["cluster", "explode"]));
        var usage = await server.AskAsync<ClientReplies.Refused>(new ClientRequests.RunAdminCommand(["cluster", "show", "more"]));

        Assert.Equal($"{server.Node.AkkaAddress} | [server] | up |", show.Lines[0]);
        Assert.StartsWith($"{device.Address} | [edge] | ", show.Lines[1], StringComparison.Ordinal);
        Assert.Equal("Count: 2 nodes", show.Lines[2]);
        Assert.StartsWith("akka.tcp://edgebench@127.0.0.1:", Assert.Single(leader.Lines), StringComparison.Ordinal);
        Assert.Equal(RefusalCode.UnknownCommand, unknown.Code);
        Assert.Contains("cluster leader", unknown.Message, StringComparison.Ordinal);
        Assert.Equal("usage: cluster show", usage.Message);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_written_is_told_and_the_server_recovers_with_it()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        var request = await server.RequestAsync("lenet");
        var key = TaskKey.New();

        Execute(server, "CREATE TRIGGER broken BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'disk full'); END");
        var refused = await server.AskAsync<ClientReplies.Refused>(new ClientRequests.SubmitTask(key, request));
        Execute(server, "DROP TRIGGER broken");

        Assert.Equal(RefusalCode.StorageFailed, refused.Code);
        IClientReply reply;
        do
        {
            reply = await server.AskAsync(new ClientRequests.SubmitTask(key, request));
        }
        while (reply is ClientReplies.Refused { Code: RefusalCode.StorageFailed or RefusalCode.NoDeviceOnline });

        var accepted = Assert.IsType<ClientReplies.Accepted>(reply);
        Assert.Equal(TaskId.Of(key), accepted.Task);
        await device.MeasureAsync(server);
        Assert.Equal(TaskOutcome.Completed, (await server.UntilAsync(accepted.Task, state => state.Outcome is not null)).Outcome);
    }

    private static ServerOptions Options(string folder) => new() { DataFolder = folder, HttpPort = 0, AkkaPort = 0 };

    private static async Task<ServerStartException> RefusalAsync(ServerOptions options) =>
        await Assert.ThrowsAsync<ServerStartException>(() => ServerNode.StartAsync(options, Cancellation));

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, MessagesJson.Options);

    private static string JsonOf(ITaskEvent happened) => JsonSerializer.Serialize(happened, happened.GetType(), MessagesJson.Options);

    private static List<(string Manifest, string Message)> JournalRows(TestServer server, TaskId task)
    {
        using var database = Open(server);
        using var command = database.CreateCommand();
        command.CommandText = "SELECT manifest, CAST(message AS TEXT) FROM journal WHERE persistence_id = $id ORDER BY sequence_number";
        command.Parameters.AddWithValue("$id", $"task-{task}");
        using var reader = command.ExecuteReader();
        var rows = new List<(string, string)>();
        while (reader.Read())
        {
            rows.Add((reader.GetString(0), reader.GetString(1)));
        }

        return rows;
    }

    private static void Execute(TestServer server, string sql)
    {
        using var database = Open(server);
        using var command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(TestServer server)
    {
        var database = new SqliteConnection($"Data Source={Path.Combine(server.DataFolder, "journal.db")}");
        database.Open();
        return database;
    }
}

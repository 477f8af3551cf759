using EdgeBench.Client;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Cluster;

[Collection("cluster")]
public sealed class ServerNodeTests
{
    [Fact]
    public async Task A_task_goes_to_a_registered_device_and_its_result_into_the_journal()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await FakeDevice.OnlineAsync(server, "pc");

        var accepted = await server.SubmitAsync(await server.RequestAsync("lenet"));
        var attempt = await device.MeasureAsync(server);
        var state = await server.UntilAsync(accepted.Task, state => state.Outcome is not null);

        Assert.Equal(new AttemptId(new CellId(accepted.Task, 1), 1), attempt);
        Assert.Equal(TaskOutcome.Completed, state.Outcome);
        Assert.Equal(
            ["Submitted", "ModelConverted", "CellAssigned", "CellStarted", "CellMeasured", "Ended"],
            (await server.HistoryAsync(accepted.Task)).Select(happened => happened.GetType().Name));
    }

    [Fact]
    public async Task A_client_of_the_library_reaches_the_server_through_its_receptionist()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        await using var client = new EdgeBenchClient(new ClientOptions { Server = server.Node.HttpAddress.Authority, Token = server.Node.Token });

        var devices = await client.ListDevicesAsync(TestContext.Current.CancellationToken);

        Assert.True(devices.IsOk, devices.Error?.Message);
        Assert.Equal("pc", Assert.Single(devices.Value!.Devices).Name.Value);
    }
}

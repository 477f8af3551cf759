using EdgeBench.Messages.Devices;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>Nodes start and stop in any order and are together again. None of them measures, so none needs a container engine.</summary>
[Collection(EndToEndTestOrder.Name)]
public sealed class BootOrderTests(BuiltImages images)
{
    private static readonly string[] AsProcess = ["--isolation", "process"];

    [Fact]
    public async Task An_edge_node_that_boots_first_waits_for_the_server_and_its_token()
    {
        await using var installation = new Installation(images, engine: null);

        var edge = installation.StartEdge("edge", AsProcess);
        await edge.SaysAsync("waiting for the server's token");
        await installation.StartServerAsync();

        await installation.DeviceIsAsync("edge", DevicePhase.Idle);
    }

    [Fact]
    public async Task An_edge_node_that_waits_for_a_token_is_stopped_like_any_other()
    {
        await using var installation = new Installation(images, engine: null);
        var edge = installation.StartEdge("edge", AsProcess);
        await edge.SaysAsync("waiting for the server's token");

        await edge.TerminateAsync();
    }

    [Fact]
    public async Task Whichever_node_is_stopped_and_started_again_they_are_together_again()
    {
        await using var installation = new Installation(images, engine: null);
        var (server, edge) = await installation.StartNodesAsync(AsProcess);

        await server.TerminateAsync();
        await edge.SaysAsync("joining again");
        await edge.SaysAsync("nothing listens at");
        await installation.StartServerAsync();
        await installation.DeviceIsAsync("edge", DevicePhase.Idle);

        await edge.TerminateAsync();
        await installation.DeviceIsAsync("edge", DevicePhase.Away);
        installation.StartEdge("edge", AsProcess);
        await installation.DeviceIsAsync("edge", DevicePhase.Idle);
    }

    [Fact]
    public async Task A_wrong_host_is_told_at_once_and_the_edge_node_stays()
    {
        await using var installation = new Installation(images, engine: null);
        var edge = installation.Start(
            ["edge", "--join", "no-such-host.invalid", "--data", installation.EdgeData("edge"), .. AsProcess],
            new Dictionary<string, string?> { ["EDGEBENCH_TOKEN"] = "any" });

        await edge.SaysAsync("no host is known by the name 'no-such-host.invalid': check --join");
        Assert.False(edge.HasExited);
        await edge.TerminateAsync();
    }

    [Theory]
    [InlineData("no-such-host.invalid")]
    [InlineData("192.0.2.1")]
    public async Task An_address_that_cannot_be_dialled_back_is_told_and_the_edge_node_joins_once_it_has_a_good_one(string address)
    {
        await using var installation = new Installation(images, engine: null);
        var server = await installation.StartServerAsync();
        await server.SaysAsync("answers at");

        var edge = installation.StartEdge("edge", ["--public-host", address, .. AsProcess]);
        await edge.SaysAsync($"the server cannot reach this node at {address}");
        await edge.SaysAsync("start the node with --public-host NAME");
        Assert.False(edge.HasExited);
        await edge.TerminateAsync();

        installation.StartEdge("edge", ["--public-host", "localhost", .. AsProcess]);
        await installation.DeviceIsAsync("edge", DevicePhase.Idle);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_told_with_the_line_to_type()
    {
        await using var installation = new Installation(images, engine: null);
        await installation.StartNodesAsync(AsProcess);

        var second = installation.Start(
            ["edge", "--join", installation.Address, "--name", "edge", "--data", installation.EdgeData("second"), .. AsProcess]);

        await second.SaysAsync("--name edge-2");
        Assert.False(second.HasExited);
    }
}

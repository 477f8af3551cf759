using System.Diagnostics;
using EdgeBench.Messages.Tasks;
using EdgeBench.Tests.Containers;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>Server and edge node on two hosts: network namespaces that a bridge in a third one joins.</summary>
[Collection(EndToEndTestOrder.Name)]
public sealed class CableTests(PrivateEngine engine, BuiltImages images) : IAsyncLifetime
{
    private const string ServerAddress = "10.77.0.1";
    private const string EdgeAddress = "10.77.0.2";

    private readonly string _stem = $"eb{Guid.NewGuid().ToString("n")[..6]}";

    private string Server => _stem + "s";

    private string Edge => _stem + "e";

    private string Switch => _stem + "w";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var name in new[] { Server, Edge, Switch }.Where(name => File.Exists($"/run/netns/{name}")))
        {
            await IpAsync($"netns del {name}");
        }
    }

    [Fact]
    public async Task A_cable_that_is_pulled_in_mid_run_until_both_sides_noticed_and_plugged_in_again_costs_nothing()
    {
        await LayCablesAsync();
        await using var installation = await Installation.WithContainersAsync(engine, images);
        string[] there = ["ip", "netns", "exec", Server];
        var server = installation.Start(
            ["server", "--port", "8765", "--listen", "0.0.0.0", "--insecure", "--public-host", ServerAddress], prefix: there);
        await server.SaysAsync("answers at");
        var token = await File.ReadAllTextAsync(Path.Combine(installation.ServerData, "token"), TestContext.Current.CancellationToken);
        var edge = installation.Start(
            ["edge", "--join", ServerAddress, "--name", "edge", "--data", installation.EdgeData("edge")],
            new Dictionary<string, string?> { ["EDGEBENCH_TOKEN"] = token },
            ["ip", "netns", "exec", Edge]);
        await edge.SaysAsync("registered as edge");
        var local = new Dictionary<string, string?> { ["EDGEBENCH_SERVER"] = ServerAddress };
        var bench = installation.Start(
            ["bench", Installation.Model("mobilenet_v1.json"), "--runtime", "onnxruntime", "--runs", "1000", "--json"], local, there);
        await edge.SaysAsync("mobilenet_v1 with onnxruntime");
        await Condition.HoldsAsync(
            async () => (await installation.ContainersAsync("edge")).Any(container => container.State == "running"), "a container");

        await IpAsync($"-n {Switch} link set e down");
        await server.SaysAsync("is silent");
        await edge.SaysAsync("joining again; what is being measured goes on");
        await IpAsync($"-n {Switch} link set e up");
        await edge.SaysAsync("registered as edge", times: 2);

        var cell = Assert.Single((await bench.ToEndAsync()).Succeeded().Json.GetProperty("cells").EnumerateArray().ToList());
        Assert.Equal(("measured", 1), (cell.GetProperty("phase").GetString(), cell.GetProperty("attempts").GetInt32()));
        var task = TaskId.Parse(bench.Said.Split("task ")[1][..12], null);
        var history = (await installation.Start(["task", "history", task.Value, "--json"], local, there).ToEndAsync()).Succeeded().Json;
        Assert.Single(history.EnumerateArray(), happened => happened.GetProperty("type").GetString() == "cellMeasured");
        Assert.DoesNotContain(history.EnumerateArray(), happened => happened.GetProperty("type").GetString() == "resultSuperseded");
        var status = (await installation.Start(["cluster", "status"], local, there).ToEndAsync()).Succeeded();
        Assert.Contains("insecure", status.Output, StringComparison.Ordinal);
    }

    private async Task LayCablesAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "left out: network namespaces need root");
        try
        {
            var probe = await TryIpAsync($"netns add {Switch}");
            Assert.SkipWhen(probe is not null, $"left out: no network namespace can be made here: {probe}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("left out: the tool ip is not installed (Debian and Ubuntu have it in the package iproute2)");
        }

        await IpAsync($"-n {Switch} link add br0 type bridge");
        await IpAsync($"-n {Switch} link set br0 up");
        foreach (var (host, port, address) in new[] { (Server, "s", ServerAddress), (Edge, "e", EdgeAddress) })
        {
            await IpAsync($"netns add {host}");
            await IpAsync($"-n {host} link set lo up");
            await IpAsync($"-n {Switch} link add {port} type veth peer name v netns {host}");
            await IpAsync($"-n {Switch} link set {port} master br0 up");
            await IpAsync($"-n {host} addr add {address}/24 dev v");
            await IpAsync($"-n {host} link set v up");
        }
    }

    private static async Task IpAsync(string arguments) => Assert.Null(await TryIpAsync(arguments));

    private static async Task<string?> TryIpAsync(string arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments.Split(' ')) { RedirectStandardError = true })!;
        var error = await ip.StandardError.ReadToEndAsync(CancellationToken.None);
        await ip.WaitForExitAsync(CancellationToken.None);
        return ip.ExitCode == 0 ? null : $"ip {arguments}: {error.Trim()}";
    }
}

using EdgeBench.EdgeNode;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Nodes;
using EdgeBench.Tests.Agent;
using EdgeBench.Tests.EdgeNode;
using EdgeBench.Tests.Runtimes;
using Node = EdgeBench.EdgeNode.EdgeNode;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>
/// Results that are used again, through the command and the server as processes. Only what is VALID is, and how busy a machine is that
/// runs tests nobody knows: so the runtime tells steady latencies, and the edge node is told of a machine on which nothing else happens.
/// </summary>
[Collection(EndToEndTestOrder.Name)]
public sealed class ReusedResultTests(BuiltImages images)
{
    private const string Took = "took=$(($(now) - begin))";

    [Fact]
    public async Task The_same_bench_again_shows_the_valid_result_from_before_and_where_it_is_from_and_fresh_measures_anew()
    {
        await images.OnnxRuntimeAsync();
        await using var installation = new Installation(images, engine: null);
        await (await installation.StartServerAsync()).SaysAsync("answers at");
        var runtime = ScriptRuntime.Make(installation.PathOf("steady"), "steady");
        var script = Path.Combine(runtime, "run.sh");
        var text = await File.ReadAllTextAsync(script, TestContext.Current.CancellationToken);
        Assert.Contains(Took, text, StringComparison.Ordinal);
        // As a child process it has the shell of the machine only.
        ScriptRuntime.WriteProgram(runtime, "infer", "#!/bin/sh\nhead -c 16 \"$1\" >\"$3\"\n");
        await File.WriteAllTextAsync(
            script, text.Replace(Took, "took=200000", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        (await installation.RunAsync("runtime", "add", runtime)).Succeeded();
        var machine = new FakeMachine();
        await using var edge = await StartEdgeAsync(installation, machine);
        await installation.DeviceIsAsync("quiet", DevicePhase.Idle);
        string[] bench = ["bench", Installation.Model("digits_k3.keras"), "--runtime", "steady"];

        var first = await CellAsync("--json");
        Assert.Equal(("valid", null), (first.Verdict, first.ReusedFrom));

        var second = await CellAsync("--json");
        Assert.Equal(("valid", first.Cell, first.MeasuredAt), (second.Verdict, second.ReusedFrom, second.MeasuredAt));
        var plan = (await installation.RunAsync([.. bench, "--plan", "--json"])).Succeeded();
        Assert.Equal("reused", Assert.Single(plan.Json.GetProperty("cells").EnumerateArray().ToList()).GetProperty("source").GetString());
        var table = (await installation.RunAsync(bench)).Succeeded();
        Assert.Contains($"reused from {first.Cell}, measured {first.MeasuredAt[..10]}", table.Output, StringComparison.Ordinal);
        Assert.Contains("--fresh measures anew", table.Output, StringComparison.Ordinal);

        var fresh = await CellAsync("--json", "--fresh");
        Assert.Equal(("valid", null), (fresh.Verdict, fresh.ReusedFrom));
        Assert.NotEqual(first.MeasuredAt, fresh.MeasuredAt);

        machine.Facts = [new("cpu.governor", "powersave")];
        machine.FactsAfter = null;
        await Condition.HoldsAsync(
            async () => (await CellAsync("--json")).ReusedFrom is null, "a device with another governor measures anew");

        async Task<(string? Cell, string? Verdict, string? ReusedFrom, string MeasuredAt)> CellAsync(params string[] options)
        {
            var shown = await installation.RunAsync([.. bench, .. options]);
            Assert.True(shown.ExitCode == 0, $"exit code {shown.ExitCode}: {shown.Error}{shown.Output}");
            var cell = Assert.Single(shown.Json.GetProperty("cells").EnumerateArray().ToList());
            return (
                cell.GetProperty("cell").GetString(),
                cell.GetProperty("result").GetProperty("verdict").GetProperty("level").GetString(),
                cell.GetProperty("reusedFrom").GetString(),
                cell.GetProperty("measuredAt").GetString()!);
        }
    }

    private static async Task<Node> StartEdgeAsync(Installation installation, FakeMachine machine)
    {
        var token = await File.ReadAllTextAsync(Path.Combine(installation.ServerData, "token"), TestContext.Current.CancellationToken);
        return await Node.StartAsync(
            new EdgeOptions
            {
                Join = ServerAddress.Parse(installation.Address),
                Token = token.Trim(),
                Data = installation.EdgeData("quiet"),
                Name = new DeviceName("quiet"),
                Isolation = Isolation.Process,
                Machine = machine,
            },
            new RecordingLog(),
            TimeProvider.System,
            TestContext.Current.CancellationToken);
    }
}

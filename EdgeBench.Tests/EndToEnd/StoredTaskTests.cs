using System.Text.Json;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;
using EdgeBench.Statistics.Latencies;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>What is measured through a server and an edge node in a container is stored, and stays.</summary>
[Collection(EndToEndTestOrder.Name)]
public sealed class StoredTaskTests(SharedNodes nodes) : IDisposable
{
    public void Dispose() => nodes.ShowSaid();

    [Fact]
    public async Task Models_are_measured_in_a_container_and_every_step_is_an_event_of_its_own()
    {
        var installation = await nodes.StartedAsync();

        var bench = (await installation.RunAsync(
            "bench", Installation.Model("digits_k3.keras"), Installation.Model("mobilenet_v1.json"), "--runtime", "onnxruntime", "--runs", "40"))
            .Succeeded();

        var rows = bench.Output.Split('\n').Where(line => line.StartsWith('|')).ToList();
        Assert.StartsWith("| Model, ms      | onnxruntime, edge |   FLOPs |", rows[0], StringComparison.Ordinal);
        Assert.Single(rows, row => row.StartsWith("| digits_k3 ", StringComparison.Ordinal));
        Assert.Single(rows, row => row.StartsWith("| mobilenet_v1 * ", StringComparison.Ordinal));
        Assert.Contains("isolation: container", bench.Output, StringComparison.Ordinal);

        var task = (await installation.RunAsync("task", "list", "--json")).Succeeded().Json[0].GetProperty("id").GetString()!;
        var history = (await installation.RunAsync("task", "history", task, "--json")).Succeeded().Json.EnumerateArray().ToList();
        var types = history.Select(happened => happened.GetProperty("type").GetString()!).ToList();
        Assert.Equal(Enumerable.Range(1, history.Count), history.Select(happened => happened.GetProperty("number").GetInt32()));
        Assert.Equal("submitted", types[0]);
        Assert.Equal("ended", types[^1]);
        string[] twice = ["cellAssigned", "cellMeasured", "cellStarted", "modelConverted"];
        Assert.Equal(twice.SelectMany(type => new[] { type, type }), types[1..^1].Order(StringComparer.Ordinal));
        foreach (var cell in new[] { $"{task}/1", $"{task}/2" })
        {
            var ofCell = from happened in history
                         where happened.GetProperty("event").TryGetProperty("attempt", out var attempt) && attempt.GetString() == $"{cell}/1"
                         select happened.GetProperty("type").GetString();
            Assert.Equal(["cellAssigned", "cellStarted", "cellMeasured"], ofCell);
        }
    }

    [Fact]
    public async Task The_raw_samples_of_all_starts_are_as_many_as_the_runs_and_give_the_stored_figures()
    {
        var installation = await nodes.StartedAsync();
        var task = await installation.SubmitAsync("digits_k3.keras", new MeasurementOptions { Runs = 123 });

        var result = Assert.Single((await installation.ToEndAsync(task)).Cells).Result!;

        var samples = await installation.SamplesOfAsync(result);
        Assert.True(samples.Sum(start => start.Count) >= 123, $"{samples.Sum(start => start.Count)} samples of at least 123 runs");
        Assert.All(samples.SelectMany(start => start), nanoseconds => Assert.True(nanoseconds > 0));
        Assert.Equivalent(LatencyAnalysis.Of(samples), result.Latency);
        Assert.Equal(MeasurementOptions.DefaultStarts, samples.Length);
        Assert.Equal(samples.Select(start => start.Count), result.Starts.Select(start => start.Runs));
        Assert.Equal("container", result.Conditions.Isolation);
    }

    [Fact]
    public async Task What_is_stored_is_the_same_to_the_byte_after_both_nodes_were_killed_and_the_history_gives_the_live_state()
    {
        var installation = await nodes.StartedAsync();
        var task = await installation.SubmitAsync("digits_k3.keras", runs: 30);
        var live = await installation.ToEndAsync(task);
        var shown = (await installation.RunAsync("task", "show", task.Value, "--json")).Succeeded();
        var history = (await installation.RunAsync("task", "history", task.Value, "--json")).Succeeded();

        await nodes.Edge.KillAsync();
        await nodes.Server.KillAsync();
        nodes.Server = await installation.StartServerAsync();
        nodes.Edge = installation.StartEdge();
        await installation.DeviceIsAsync("edge", DevicePhase.Idle);

        Assert.Equal(shown.Output, (await installation.RunAsync("task", "show", task.Value, "--json")).Succeeded().Output);
        Assert.Equal(history.Output, (await installation.RunAsync("task", "history", task.Value, "--json")).Succeeded().Output);
        Assert.Equal(Text(live), Text((await installation.LookAtAsync(task)).State));
        Assert.Equal(TaskOutcome.Completed, live.Outcome);
        Assert.NotEmpty(await installation.SamplesOfAsync(live.Cells[0].Result!));
    }

    [Fact]
    public async Task The_same_key_is_the_same_task_and_another_request_with_it_is_refused_in_words()
    {
        var installation = await nodes.StartedAsync();
        var digits = Installation.Model("digits_k3.keras");
        string[] bench = ["bench", digits, "--runtime", "onnxruntime", "--key", "same"];
        var first = (await installation.RunAsync([.. bench, "--json"])).Succeeded();

        var again = (await installation.RunAsync([.. bench, "--json"])).Succeeded();
        var other = await installation.RunAsync([.. bench, "--runs", "31"]);

        Assert.Equal(first.Output, again.Output);
        Assert.Contains("submitted before", again.Error, StringComparison.Ordinal);
        other.FailedWith(1, "key 'same'");
    }

    [Fact]
    public async Task A_grid_is_measured_in_every_combination_and_its_results_are_shown_in_full_and_compared()
    {
        var installation = await nodes.StartedAsync();
        var digits = Installation.Model("digits_k3.keras");
        string[] options = ["--runtime", "onnxruntime", "--threads", "1,2", "--starts", "1", "--min-time", "10ms", "--no-memory", "--fresh"];

        var plan = (await installation.RunAsync(["bench", digits, .. options, "--plan", "--json"])).Succeeded();
        var bench = (await installation.RunAsync(["bench", digits, .. options, "--json"])).Succeeded();

        Assert.Equal([1, 2], plan.Json.GetProperty("cells").EnumerateArray().Select(cell => cell.GetProperty("options").GetProperty("threads").GetInt32()));
        Assert.Equal([1, 2], bench.Json.GetProperty("cells").EnumerateArray().Select(cell => cell.GetProperty("options").GetProperty("threads").GetInt32()));
        var task = bench.Json.GetProperty("task").GetString()!;

        var details = (await installation.RunAsync("task", "show", $"{task}/2", "--samples", "--phases", "--fingerprint", "--telemetry", "--json")).Succeeded();
        var cell = Assert.Single(details.Json.GetProperty("cells").EnumerateArray());
        var start = Assert.Single(cell.GetProperty("samples").GetProperty("starts").EnumerateArray());
        Assert.True(start.GetProperty("timed").GetArrayLength() >= 30);
        Assert.Contains("fingerprint ", (await installation.RunAsync("task", "show", task, "--samples", "--fingerprint")).Succeeded().Output, StringComparison.Ordinal);

        var compared = (await installation.RunAsync("compare", $"{task}/1", $"{task}/2", "--json")).Succeeded();
        Assert.Contains("thread", Assert.Single(compared.Json.GetProperty("pairs").EnumerateArray()).GetProperty("sentence").GetString(), StringComparison.Ordinal);
        var turns = (await installation.RunAsync("compare", $"{task}/1", $"{task}/2", "--interleave", "--rounds", "2")).Succeeded();
        Assert.Contains("round 2: ", turns.Error, StringComparison.Ordinal);
        (await installation.RunAsync("compare", $"{task}/1", $"{task}/3")).FailedWith(2, "no cell 3", "1 to 2");
        (await installation.RunAsync("bench", digits, "--runtime-option", "nothing=1")).FailedWith(2, "nothing", "graphOptimization");
    }

    private static string Text(TaskState state) => JsonSerializer.Serialize(state);
}

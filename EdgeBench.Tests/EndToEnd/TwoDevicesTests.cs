using EdgeBench.Messages.Devices;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>Cells of one task that were measured on two devices.</summary>
[Collection(EndToEndTestOrder.Name)]
public sealed class TwoDevicesTests(BuiltImages images)
{
    [Fact]
    public async Task Cells_of_two_devices_are_compared_as_they_are_stored_and_not_in_turn()
    {
        await images.OnnxRuntimeAsync();
        await using var installation = new Installation(images, engine: null);
        await installation.StartNodesAsync("--isolation", "process");
        installation.StartEdge("other", "--isolation", "process");
        await installation.DeviceIsAsync("other", DevicePhase.Idle);
        var bench = (await installation.RunAsync(
            "bench", Installation.Model("digits_k3.keras"), "--runtime", "onnxruntime", "--starts", "1", "--min-time", "10ms", "--no-memory",
            "--json")).Succeeded();
        Assert.Equal(
            ["edge", "other"],
            bench.Json.GetProperty("cells").EnumerateArray().Select(cell => cell.GetProperty("device").GetString()).Order());
        var task = bench.Json.GetProperty("task").GetString()!;

        var stored = (await installation.RunAsync("compare", $"{task}/1", $"{task}/2", "--json")).Succeeded();
        var names = Assert.Single(stored.Json.GetProperty("pairs").EnumerateArray().ToList());
        Assert.Equal(
            ["edge", "other"],
            new[] { names.GetProperty("first"), names.GetProperty("second") }.Select(side => side.GetProperty("name").GetString()).Order());

        (await installation.RunAsync("compare", $"{task}/1", $"{task}/2", "--interleave")).FailedWith(
            2, $"{task}/1 ran on ", $"{task}/2 on ", "--interleave takes turns on one device; compare them without it");
        Assert.Single((await installation.RunAsync("task", "list", "--json")).Succeeded().Json.EnumerateArray().ToList());
    }
}

using EdgeBench.Messages.Devices;
using EdgeBench.Tests.Containers;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>A server with no device, and a device whose container engine comes and goes.</summary>
[Collection(EndToEndTestOrder.Name)]
public sealed class EngineLossTests(PrivateEngine shared, BuiltImages images)
{
    [Fact]
    public async Task No_device_and_a_stopped_engine_are_told_and_the_edge_lives_on_and_measures_when_an_engine_is_back()
    {
        await shared.EndpointAsync();
        await images.OnnxRuntimeAsync();
        var digits = Installation.Model("digits_k3.keras");
        var socket = $"/tmp/eb-{Guid.NewGuid().ToString("n")[..8]}.sock";
        await using var installation = new Installation(images, new Uri("unix://" + socket));
        var server = await installation.StartServerAsync();
        await server.SaysAsync("answers at");
        (await installation.RunAsync("bench", digits)).FailedWith(1, "no device is online", "edgebench edge --join");

        CommandProcess edge;
        await using (var engine = new PrivateEngine())
        {
            File.CreateSymbolicLink(socket, (await engine.EndpointAsync()).LocalPath);
            edge = installation.StartEdge();
            await installation.DeviceIsAsync("edge", DevicePhase.Idle);
            (await installation.RunAsync("bench", digits)).Succeeded();
            File.Delete(socket);
        }

        await edge.SaysAsync("nothing can be measured now");
        var stopped = await installation.RunAsync("bench", digits);
        Assert.Equal(1, stopped.ExitCode);
        Assert.Contains("engine", stopped.Error, StringComparison.Ordinal);
        Assert.False(edge.HasExited);

        await using var next = new PrivateEngine();
        File.CreateSymbolicLink(socket, (await next.EndpointAsync()).LocalPath);
        await edge.SaysAsync("measuring is possible again");
        await Condition.HoldsAsync(
            async () => (await installation.RunAsync("bench", digits)).IsDone, "a measurement in the engine that came back");
        File.Delete(socket);
    }
}

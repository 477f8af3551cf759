using EdgeBench.Client;
using EdgeBench.Messages.Devices;

namespace EdgeBench.Tests.Client;

/// <summary>The example of the README: what stands between the marks stands there, too, and so is known to compile.</summary>
internal static class ReadmeExample
{
    public static async Task<int> MeasureAsync(string token, CancellationToken cancellationToken)
    {
        // <example>
        await using var client = new EdgeBenchClient(new ClientOptions { Server = "bench.local", Token = token });

        var submitted = await client.SubmitAsync(
            new Submission { Models = ["model.keras"], Devices = [new DeviceName("pi4")] }, cancellationToken);
        if (!submitted.IsOk)
        {
            Console.Error.WriteLine(submitted.Error.Message);
            return 1;
        }

        await foreach (var update in client.WatchAsync(submitted.Value.Task, cancellationToken))
        {
            foreach (var cell in update.Value?.State.Cells ?? [])
            {
                Console.WriteLine($"{cell.Cell.DeviceName} {cell.Phase} {cell.Result?.Latency.Mean / 1e6:F3} ms");
            }
        }

        return 0;
        // </example>
    }
}

using EdgeBench.Cli.Runtimes;
using EdgeBench.Client;
using EdgeBench.Cluster;
using EdgeBench.EdgeNode;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Nodes;
using Microsoft.Extensions.Logging;

namespace EdgeBench.Cli.Nodes;

/// <summary>A server and an edge node inside the command, on ports that are free: the same two nodes as elsewhere.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private static readonly TimeSpan JoinInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(30);

    private readonly ILoggerFactory _loggers;
    private readonly ServerNode _server;
    private readonly EdgeNode.EdgeNode _edge;

    private LocalCluster(ILoggerFactory loggers, ServerNode server, EdgeNode.EdgeNode edge)
    {
        (_loggers, _server, _edge) = (loggers, server, edge);
        Client = new EdgeBenchClient(new ClientOptions { Server = server.HttpAddress.Authority, Token = server.Token });
    }

    /// <summary>A client of the server.</summary>
    public EdgeBenchClient Client { get; }

    /// <summary>Starts both and waits until the device is there.</summary>
    /// <param name="isolation">How the evaluation program is kept apart.</param>
    /// <param name="data">Where results are kept: they are there again the next time.</param>
    /// <param name="least">The least level of what the nodes' log shows.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="CommandException">The device did not come up in time.</exception>
    public static async Task<LocalCluster> StartAsync(
        Isolation isolation, string data, LogLevel least, CancellationToken cancellationToken)
    {
        var loggers = NodeLog.Create(least);
        var server = await ServerNode.StartAsync(
            new ServerOptions
            {
                DataFolder = Path.Combine(data, "server"),
                RuntimesFolder = RuntimeImages.Catalog.Folder,
                AddedRuntimesFolder = RuntimeImages.AddedByDefault,
                HttpPort = 0,
                AkkaPort = 0,
                Loggers = loggers,
            },
            cancellationToken).ConfigureAwait(false);
        LocalCluster cluster;
        try
        {
            var edge = await EdgeNode.EdgeNode.StartAsync(
                new EdgeOptions
                {
                    Join = ServerAddress.Parse(server.HttpAddress.Authority),
                    Token = server.Token,
                    Data = Path.Combine(data, "edge"),
                    Name = new DeviceName("local"),
                    Isolation = isolation,
                    PackagedImages = RuntimeImages.PackagedFolder,
                },
                loggers,
                TimeProvider.System,
                cancellationToken).ConfigureAwait(false);
            cluster = new LocalCluster(loggers, server, edge);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            loggers.Dispose();
            throw;
        }

        try
        {
            await cluster.WaitForDeviceAsync(cancellationToken).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().ConfigureAwait(false);
        await _edge.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        _loggers.Dispose();
    }

    private async Task WaitForDeviceAsync(CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while ((await Client.ListDevicesAsync(cancellationToken).ConfigureAwait(false)).Value?
            .Any(device => device.Phase is DevicePhase.Idle) != true)
        {
            if (TimeProvider.System.GetElapsedTime(started) > JoinLimit)
            {
                throw new CommandException(ExitCode.Failed, "the edge node inside the command did not come up; --verbose shows its log");
            }

            await Task.Delay(JoinInterval, cancellationToken).ConfigureAwait(false);
        }
    }
}

using System.Net;
using System.Reflection;
using Akka.Actor;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.Singleton;
using Akka.Persistence.Sql;
using EdgeBench.Cluster.Admin;
using EdgeBench.Cluster.Checking;
using EdgeBench.Cluster.Clients;
using EdgeBench.Cluster.Conversion;
using EdgeBench.Cluster.Coordination;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Cluster.Tasks;
using EdgeBench.Messages.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace EdgeBench.Cluster;

/// <summary>
/// A server: the coordinator and what belongs to it in a cluster node, and HTTP for artifacts, joining and health. Several may run in one
/// process, each with
/// its own data folder.
/// </summary>
public sealed class ServerNode : IAsyncDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly ServerData _data;
    private readonly ILogger _logger;
    private readonly WebApplication _web;

    private ServerNode(ServerOptions options, ServerData data, ActorSystem system, WebApplication web, Uri address)
    {
        _data = data;
        _web = web;
        _logger = options.Loggers.CreateLogger<ServerNode>();
        System = system;
        HttpAddress = address;
    }

    /// <summary>The version of the server.</summary>
    public static string Version { get; } =
        typeof(ServerNode).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Where HTTP is answered, by the server's public name.</summary>
    public Uri HttpAddress { get; }

    /// <summary>The address of its cluster node.</summary>
    public string AkkaAddress => NodeSystem.AddressOf(System).ToString();

    /// <summary>What lets nodes and clients in.</summary>
    public string Token => _data.Token.Value;

    /// <summary>The file that holds <see cref="Token"/>.</summary>
    public string TokenFile => _data.Token.Path;

    /// <summary>Ends when the server's cluster node has ended, by <see cref="DisposeAsync"/> or by itself.</summary>
    public Task Ended => System.WhenTerminated;

    /// <summary>The server's system.</summary>
    internal ActorSystem System { get; }

    /// <summary>Starts a server and returns once it answers HTTP. Whether it is ready for tasks, <c>/health/ready</c> tells.</summary>
    /// <exception cref="ServerStartException">It cannot start.</exception>
    public static async Task<ServerNode> StartAsync(ServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ServerAddresses.Check(options);
        var data = ServerData.Open(options.DataFolder);
        ActorSystem? system = null;
        try
        {
            ServerAddresses.CheckPorts(options);
            system = StartSystem(options, data);
            var coordinator = StartActors(options, data, system);
            var (web, address) = await ServerWeb.StartAsync(options, data, system, coordinator, cancellationToken);
            var node = new ServerNode(options, data, system, web, address);
            node.SayStarted(options);
            return node;
        }
        catch
        {
            if (system is not null)
            {
                await system.Terminate();
            }

            data.Dispose();
            throw;
        }
    }

    /// <summary>Stops it: what is being written is written first.</summary>
    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
        await StopCoordinatorAsync();
        await CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        await System.WhenTerminated;
        _data.Dispose();
        _logger.LogInformation("server stopped");
    }

    /// <summary>Journal writes come to their end before the cluster is left.</summary>
    private async Task StopCoordinatorAsync()
    {
        if (System.WhenTerminated.IsCompleted)
        {
            return;
        }

        try
        {
            var coordinator = await System.ActorSelection($"/user/{NodeNames.TaskCoordinator}/singleton").ResolveOne(StopTimeout);
            await coordinator.GracefulStop(StopTimeout, StopCoordinator.Instance);
        }
        catch (Exception exception) when (exception is ActorNotFoundException or TaskCanceledException)
        {
            _logger.LogWarning("the coordinator did not stop within {Seconds} s", StopTimeout.TotalSeconds);
        }
    }

    private static ActorSystem StartSystem(ServerOptions options, ServerData data)
    {
        var settings = options.Settings is null ? data.Journal : options.Settings.WithFallback(data.Journal);
        var system = NodeSystem.Create(
            new NodeOptions
            {
                Kind = NodeKind.Server,
                ListenAddress = options.ListenAddress.ToString(),
                PublicHost = ServerAddresses.PublicHostOf(options),
                Port = options.AkkaPort,
                Settings = settings,
            },
            options.Loggers);
        system.Settings.InjectTopLevelFallback(SqlPersistence.DefaultConfiguration);
        return system;
    }

    private static IActorRef StartActors(ServerOptions options, ServerData data, ActorSystem system)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        cluster.Join(cluster.SelfAddress);

        var process = options.ConversionMemory is { } memory ? new ConversionProcess { MaximumBytes = memory } : new ConversionProcess();
        var catalog = new RuntimeCatalog(options.RuntimesFolder ?? Path.Combine(data.Folder, "runtimes"));
        var converter = system.ActorOf(
            ModelConverter.Props(new ConversionSettings
            {
                Conversion = options.Conversion
                    ?? new ModelConversion(
                        data.Artifacts, process, new NumericGate(catalog), catalog, data.Conversions, Version, options.Time),
                ConverterVersion = Version,
                Limit = options.ConversionLimit,
                Time = options.Time,
            }),
            "model-converter");
        var runtimes = options.Runtimes ?? new BuiltRuntimes(
            catalog,
            new RuntimeCatalog(options.AddedRuntimesFolder ?? Path.Combine(data.Folder, AddedRuntimes.FolderName)),
            data.Artifacts,
            options.Loggers.CreateLogger<BuiltRuntimes>());
        var services = new CoordinatorServices
        {
            Tasks = new TaskServices
            {
                Converter = converter,
                HasArtifact = artifact => data.Artifacts.Find(artifact.Sha256) is not null,
                Time = options.Time,
                ServerVersion = Version,
                Hold = options.Hold,
                IdleAfter = options.TaskIdleAfter,
            },
            Runtimes = runtimes,
            Token = data.Token,
            HeartbeatInterval = options.HeartbeatInterval,
            AwayAfter = options.DeviceAwayAfter,
            LostAfter = options.DeviceLostAfter,
        };
        system.ActorOf(
            ClusterSingletonManager.Props(
                TaskCoordinator.Props(services), StopCoordinator.Instance, ClusterSingletonManagerSettings.Create(system)),
            NodeNames.TaskCoordinator);
        var coordinator = NodeSystem.ProxyOfCoordinator(system);
        var admin = new AdminCommands(ClusterCommands.Of(system, ServerAddresses.WarningsOf(options)));
        var gateway = system.ActorOf(
            ClientGateway.Props(coordinator, data.Token, admin, options.Hold + AnswerTimeout),
            NodeNames.ClientGateway.Split('/')[^1]);
        ClusterClientReceptionist.Get(system).RegisterService(gateway);
        return coordinator;
    }

    private void SayStarted(ServerOptions options)
    {
        _logger.LogInformation(
            "server {Version} answers at {Http}, cluster {Akka}, data in {Data}", Version, HttpAddress, AkkaAddress, _data.Folder);
        if (IPAddress.IsLoopback(options.ListenAddress))
        {
            _logger.LogInformation("only this machine can reach it; say --listen ADDRESS --insecure to let others in");
        }

        foreach (var warning in ServerAddresses.WarningsOf(options))
        {
            _logger.LogWarning("{Warning}", warning);
        }
    }
}

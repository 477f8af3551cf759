using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeBench.Messages.Nodes;

/// <summary>Makes the ActorSystem of a node, so that servers, edge nodes and clients agree on names, tuning and serializers.</summary>
public static class NodeSystem
{
    /// <summary>Starts the ActorSystem of a node. It has joined no cluster yet.</summary>
    /// <param name="options">What differs from node to node.</param>
    /// <param name="loggers">Where its log goes.</param>
    /// <exception cref="Exception">The address cannot be listened on; the message of the innermost exception says why.</exception>
    public static ActorSystem Create(NodeOptions options, ILoggerFactory loggers) => ActorSystem.Create(
        NodeNames.ActorSystem,
        ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(Configure(options)), new HostLoggerSetup(loggers)));

    /// <summary>The address by which others reach a system.</summary>
    public static Address AddressOf(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return ((ExtendedActorSystem)system).Provider.DefaultAddress;
    }

    /// <summary>Makes, on a member of the cluster, what stands for the coordinator wherever that is.</summary>
    public static IActorRef ProxyOfCoordinator(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.ActorOf(
            ClusterSingletonProxy.Props($"/user/{NodeNames.TaskCoordinator}", ClusterSingletonProxySettings.Create(system)),
            $"{NodeNames.TaskCoordinator}-proxy");
    }

    /// <summary>
    /// Makes, on a client, what carries its calls to a server: tell it <see cref="ClusterClient.Send"/> to <see
    /// cref="NodeNames.ClientGateway"/>.
    /// </summary>
    /// <param name="system">The client's system.</param>
    /// <param name="serverAddress">The server's Akka address as <c>/join</c> answers it.</param>
    /// <exception cref="UriFormatException">The text is no Akka address.</exception>
    public static IActorRef ClientOf(ActorSystem system, string serverAddress)
    {
        ArgumentNullException.ThrowIfNull(system);
        var contact = new RootActorPath(Address.Parse(serverAddress))
            / NodeNames.Receptionist.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return system.ActorOf(ClusterClient.Props(ClusterClientSettings.Create(system).WithInitialContacts([contact])));
    }

    /// <summary>The settings of a node's system.</summary>
    internal static Config Configure(NodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var files = options.Kind switch
        {
            NodeKind.Server => HoconFiles.Load(
                "actor", "serialization", "remote", "cluster", "cluster-server", "receptionist", "persistence", "dispatchers"),
            NodeKind.Edge => HoconFiles.Load("actor", "serialization", "remote", "cluster", "cluster-edge"),
            NodeKind.Client => HoconFiles.Load("actor", "serialization", "remote", "client"),
            _ => throw new ArgumentOutOfRangeException(nameof(options)),
        };
        // What the extensions bring along when they are first used is too late for their serializers, which are bound when the system
        // starts.
        var config = Own(options).WithFallback(files)
            .WithFallback(ClusterClientReceptionist.DefaultConfig())
            .WithFallback(DistributedPubSub.DefaultConfig())
            .WithFallback(ClusterSingleton.DefaultConfig());
        return options.Settings is null ? config : options.Settings.WithFallback(config);
    }

    private static Config Own(NodeOptions options)
    {
        IEnumerable<string> roles = options.Kind switch
        {
            NodeKind.Server => [NodeNames.ServerRole, .. options.Roles],
            NodeKind.Edge => [NodeNames.EdgeRole, .. options.Roles],
            _ => [],
        };
        var port = options.Port.ToString(CultureInfo.InvariantCulture);
        return ConfigurationFactory.ParseString(
            $"""
             akka.remote.dot-netty.tcp.hostname = {Quote(options.ListenAddress)}
             akka.remote.dot-netty.tcp.public-hostname = {Quote(options.PublicHost ?? options.ListenAddress)}
             akka.remote.dot-netty.tcp.port = {port}
             akka.cluster.roles = [{string.Join(", ", roles.Select(Quote))}]
             """);
    }

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}

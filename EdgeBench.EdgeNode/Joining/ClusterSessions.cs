using System.Net.Sockets;
using Akka.Configuration;
using EdgeBench.EdgeNode.Agent;
using EdgeBench.Messages.Nodes;
using Microsoft.Extensions.Logging;

namespace EdgeBench.EdgeNode.Joining;

/// <summary>Starts the ActorSystem of each session.</summary>
internal sealed class ClusterSessions(
    AgentSettings settings, AgentParts parts, IReadOnlyList<string> roles, string? publicHost, RememberedPort port, ILoggerFactory loggers)
    : IClusterSessions
{
    // The process decides when the node leaves, and why: an ActorSystem that ends because the server was lost must not take the measurement
    // with it.
    private static readonly Config OwnSettings = ConfigurationFactory.ParseString(
        """
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        """);

    public (IClusterSession? Session, string? Problem) Start(string listenAddress)
    {
        string? problem = null;
        foreach (var candidate in port.Candidates)
        {
            try
            {
                var system = NodeSystem.Create(
                    new NodeOptions
                    {
                        Kind = NodeKind.Edge,
                        Roles = roles,
                        ListenAddress = listenAddress,
                        PublicHost = publicHost,
                        Port = candidate,
                        Settings = OwnSettings,
                    },
                    loggers);
                port.Remember(NodeSystem.AddressOf(system).Port ?? 0);
                return (new ClusterSession(system, listenAddress, settings, parts), null);
            }
            catch (Exception failed) when (SocketErrorOf(failed) is { } error)
            {
                problem = error == SocketError.AddressAlreadyInUse
                    ? $"port {candidate} of {listenAddress} is taken by another program: give another one with --port"
                    : $"{listenAddress}:{candidate} cannot be listened on: {failed.GetBaseException().Message}";
            }
        }

        return (null, problem);
    }

    private static SocketError? SocketErrorOf(Exception failed) => failed switch
    {
        SocketException socket => socket.SocketErrorCode,
        AggregateException several => several.InnerExceptions.Select(SocketErrorOf).FirstOrDefault(error => error is not null),
        _ => failed.InnerException is { } inner ? SocketErrorOf(inner) : null,
    };
}

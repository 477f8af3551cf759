using Akka.Actor;
using EdgeBench.EdgeNode.Agent;
using EdgeBench.Messages.Nodes;
using Microsoft.Extensions.Logging;

namespace EdgeBench.EdgeNode.Joining;

/// <summary>One life of the node's ActorSystem.</summary>
internal sealed class ClusterSession(ActorSystem system, string listenAddress, AgentSettings settings, AgentParts parts) : IClusterSession
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(15);

    private IActorRef? _agent;

    public string ListenAddress => listenAddress;

    public string AkkaAddress => NodeSystem.AddressOf(system).ToString();

    public Task<string> JoinAsync(string serverAddress)
    {
        var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var cluster = Akka.Cluster.Cluster.Get(system);
        cluster.RegisterOnMemberRemoved(() => lost.TrySetResult("the server took this node out of the cluster"));
        cluster.Join(Address.Parse(serverAddress));
        _agent = system.ActorOf(
            DeviceAgent.Props(settings, parts, NodeSystem.ProxyOfCoordinator(system), reason => lost.TrySetResult(reason)), "device-agent");
        return WaitAsync();

        async Task<string> WaitAsync()
        {
            await Task.WhenAny(lost.Task, system.WhenTerminated).ConfigureAwait(false);
            return lost.Task.IsCompleted ? await lost.Task.ConfigureAwait(false) : "this node's ActorSystem ended";
        }
    }

    public async Task LeaveAsync()
    {
        if (_agent is null)
        {
            return;
        }

        try
        {
            await _agent.Ask<DeviceAgent.Left>(DeviceAgent.Leave.Instance, StopLimit).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            parts.Log.LogWarning("what was being measured did not stop within {Seconds} s", StopLimit.TotalSeconds);
        }

        try
        {
            await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(LeaveLimit, parts.Time)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            parts.Log.LogWarning("the cluster did not confirm within {Seconds} s that this node has left it", LeaveLimit.TotalSeconds);
        }
    }

    public async ValueTask DisposeAsync() => await system.Terminate().ConfigureAwait(false);
}

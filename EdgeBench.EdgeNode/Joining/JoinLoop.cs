using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Joining;
using EdgeBench.Messages.Nodes;
using Microsoft.Extensions.Logging;

namespace EdgeBench.EdgeNode.Joining;

/// <summary>
/// Keeps the node in the cluster for as long as it lives. Nothing that is wrong ends it: it says so, at once and every half minute, and
/// goes on trying.
/// </summary>
internal sealed class JoinLoop(
    ServerAddress server, DeviceId device, DeviceName name, IJoinClient client, IClusterSessions sessions, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly RepeatedNotice _notice = new(log, time);

    /// <summary>Joins, and joins again whenever the server is lost, until it is cancelled; then it leaves the cluster.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        IClusterSession? session = null;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var (started, problem) = await PrepareAsync(session, stop).ConfigureAwait(false);
                session = started;
                var answer = problem is null ? await AskAsync(session!, stop).ConfigureAwait(false) : null;
                if (answer is null)
                {
                    Say(problem);
                    await Task.Delay(Pause, time, stop).ConfigureAwait(false);
                    continue;
                }

                _notice.Clear();
                log.LogInformation("joining the cluster at {Server} as {Name}, {Address}", answer.AkkaAddress, name, session!.AkkaAddress);
                var reason = await session.JoinAsync(answer.AkkaAddress).WaitAsync(stop).ConfigureAwait(false);
                log.LogWarning("{Reason}: joining again; what is being measured goes on", reason);
                await session.DisposeAsync().ConfigureAwait(false);
                session = null;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The node is being stopped.
        }
        finally
        {
            if (session is not null)
            {
                await session.LeaveAsync().ConfigureAwait(false);
                await session.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    // A session can only be started, and kept, where it is known on which address the server is reached.
    private async Task<(IClusterSession? Session, string? Problem)> PrepareAsync(IClusterSession? session, CancellationToken stop)
    {
        var local = await client.FindLocalAddressAsync(stop).ConfigureAwait(false);
        if (local.Address is null)
        {
            return (session, local.Problem);
        }

        if (session is not null && session.ListenAddress != local.Address)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            session = null;
        }

        return session is not null ? (session, null) : sessions.Start(local.Address);
    }

    private async Task<JoinAnswer?> AskAsync(IClusterSession session, CancellationToken stop)
    {
        var request = new JoinRequest(session.AkkaAddress, device, name, NodeVersion.Current);
        var reply = await client.AskAsync(request, stop).ConfigureAwait(false);
        Say(reply.Problem);
        return reply.Answer;
    }

    private void Say(string? problem)
    {
        if (problem is not null)
        {
            _notice.Say($"not joined to {server} yet: {problem}");
        }
    }
}

using Microsoft.Extensions.Hosting.Systemd;

namespace EdgeBench.Cli.Nodes;

/// <summary>How long a node runs: until it is told to end.</summary>
internal static class NodeLifetime
{
    /// <summary>
    /// Waits until the command is told to end, by Ctrl-C or SIGTERM, or the node fails. Under systemd the node counts as started from
    /// here on.
    /// </summary>
    public static async Task RunAsync(Task completion, CancellationToken cancellationToken)
    {
        var systemd = new SystemdNotifier();
        systemd.Notify(ServiceState.Ready);
        try
        {
            await completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller stops the node now, which is a good end for one.
            systemd.Notify(ServiceState.Stopping);
        }
    }
}

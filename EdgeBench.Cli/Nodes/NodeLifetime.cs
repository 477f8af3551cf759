using Microsoft.Extensions.Hosting.Systemd;

namespace EdgeBench.Cli.Nodes;

/// <summary>How long a node runs: until it is told to end.</summary>
internal static class NodeLifetime
{
    /// <summary>
    /// Runs a node until the command is told to end, by Ctrl-C or SIGTERM, or the node fails. Under systemd the node counts as started from
    /// here on, be it that it waits for something.
    /// </summary>
    /// <param name="node">Ends, as cancelled, when the command is told to end.</param>
    /// <param name="cancellationToken">Cancelled when the command is told to end.</param>
    public static async Task RunAsync(Func<Task> node, CancellationToken cancellationToken)
    {
        var systemd = new SystemdNotifier();
        systemd.Notify(ServiceState.Ready);
        using var told = cancellationToken.Register(() => systemd.Notify(ServiceState.Stopping));
        try
        {
            await node().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // This is a good end for a node.
        }
    }
}

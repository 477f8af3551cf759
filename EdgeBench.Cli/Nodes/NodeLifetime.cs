namespace EdgeBench.Cli.Nodes;

/// <summary>How long a node runs: until it is told to end.</summary>
internal static class NodeLifetime
{
    /// <summary>Waits until the command is told to end, by Ctrl-C or SIGTERM, or the node fails.</summary>
    public static async Task RunAsync(Task completion, CancellationToken cancellationToken)
    {
        try
        {
            await completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to end: the caller stops the node, which is a good end for one.
        }
    }
}

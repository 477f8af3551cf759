using EdgeBench.Messages.Nodes;

namespace EdgeBench.EdgeNode.Processes;

/// <summary>
/// Looks ten times a second at how much memory a process holds. It may hold more than its limit for that long; a container may not.
/// </summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _exceeded = new();
    private readonly ITimer _timer;

    public MemoryWatch(int pid, long limit, TimeProvider time) => _timer = time.CreateTimer(
        _ =>
        {
            if (ProcessTable.ResidentBytes(pid) > limit)
            {
                Exceeded = true;
                _exceeded.Cancel();
            }
        },
        null,
        Period,
        Period);

    /// <summary>Whether the process held more than its limit.</summary>
    public bool Exceeded { get; private set; }

    /// <summary>Cancelled as soon as it does.</summary>
    public CancellationToken Token => _exceeded.Token;

    public async ValueTask DisposeAsync()
    {
        // Waits for a look that is under way.
        await _timer.DisposeAsync().ConfigureAwait(false);
        _exceeded.Dispose();
    }
}

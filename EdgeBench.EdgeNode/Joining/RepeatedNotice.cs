using Microsoft.Extensions.Logging;

namespace EdgeBench.EdgeNode.Joining;

/// <summary>Says what is wrong at once, and the same again every half minute, however often it is noticed.</summary>
internal sealed class RepeatedNotice(ILogger log, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private string? _said;
    private long _at;

    public void Say(string problem)
    {
        if (problem == _said && time.GetElapsedTime(_at) < Interval)
        {
            return;
        }

        _said = problem;
        _at = time.GetTimestamp();
        log.LogWarning("{Problem}", problem);
    }

    /// <summary>All is well: the next problem is said at once, be it the same.</summary>
    public void Clear() => _said = null;
}

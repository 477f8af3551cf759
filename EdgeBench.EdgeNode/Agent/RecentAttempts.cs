using EdgeBench.Messages.Tasks;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>The attempts that are over, as far back as a late or doubled message may come from.</summary>
internal sealed class RecentAttempts(int capacity = 1000)
{
    private readonly HashSet<AttemptId> _set = [];
    private readonly Queue<AttemptId> _order = [];

    public bool Contains(AttemptId attempt) => _set.Contains(attempt);

    public void Add(AttemptId attempt)
    {
        if (!_set.Add(attempt))
        {
            return;
        }

        _order.Enqueue(attempt);
        if (_order.Count > capacity)
        {
            _set.Remove(_order.Dequeue());
        }
    }
}

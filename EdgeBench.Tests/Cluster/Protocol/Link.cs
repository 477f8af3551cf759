namespace EdgeBench.Tests.Cluster.Protocol;

/// <summary>One direction of a link: in order, but it may lose, and copies may come late.</summary>
/// <typeparam name="T">What it carries.</typeparam>
internal sealed class Link<T>
{
    private readonly List<T> _late = [];
    private Queue<T> _queue = new();

    public void Send(T message) => _queue.Enqueue(message);

    public bool TryTake(out T message) => _queue.TryDequeue(out message!);

    public void Lose() => _queue.TryDequeue(out _);

    /// <summary>Keeps a copy of the next message, to come late.</summary>
    public void Double()
    {
        if (_queue.TryPeek(out var message))
        {
            _late.Add(message);
        }
    }

    public bool TryTakeLate(int which, out T message)
    {
        message = default!;
        if (_late.Count == 0)
        {
            return false;
        }

        message = _late[which % _late.Count];
        _late.RemoveAt(which % _late.Count);
        return true;
    }

    public void Clear()
    {
        _queue.Clear();
        _late.Clear();
    }

    public void Drop(Func<T, bool> condition)
    {
        _queue = new Queue<T>(_queue.Where(message => !condition(message)));
        _late.RemoveAll(message => condition(message));
    }
}

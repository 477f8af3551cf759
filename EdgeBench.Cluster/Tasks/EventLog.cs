using System.Text.Json;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Tasks;

/// <summary>The events of a task in memory, to be handed out in pages.</summary>
internal sealed class EventLog
{
    private const int PageBytes = 60_000;
    private const int MaximumProgress = 200;

    private readonly List<(ITaskEvent Event, int Bytes)> _events = [];

    /// <summary>How many there are, which is the number of the last one.</summary>
    public int Count => _events.Count;

    /// <summary>Appends an event.</summary>
    public void Add(ITaskEvent happened) =>
        _events.Add((happened, JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), MessagesJson.Options).Length));

    /// <summary>The events behind a cursor, as many as fit a page.</summary>
    public ClientReplies.EventPage Page(TaskId task, long cursor, IEnumerable<CellProgress> progress)
    {
        var first = (int)Math.Clamp(cursor, 0, _events.Count);
        var page = new List<NumberedEvent>();
        var bytes = 0;
        for (var index = first; index < _events.Count; index++)
        {
            bytes += _events[index].Bytes;
            if (page.Count > 0 && bytes > PageBytes)
            {
                break;
            }

            page.Add(new NumberedEvent(index + 1, _events[index].Event));
        }

        return new ClientReplies.EventPage(task, page, first + page.Count < _events.Count, [.. progress.Take(MaximumProgress)]);
    }
}

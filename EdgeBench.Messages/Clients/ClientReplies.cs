using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Messages.Clients;

/// <summary>The answer to a client.</summary>
public interface IClientReply : IWireMessage;

/// <summary>What clients are answered.</summary>
public static class ClientReplies
{
    /// <summary>The task is in the journal.</summary>
    /// <param name="Task">Its id.</param>
    /// <param name="Cells">Its grid.</param>
    /// <param name="Existed">Whether the key was submitted before, with the same request.</param>
    [Manifest("accepted1")]
    public sealed record Accepted(TaskId Task, IReadOnlyList<Cell> Cells, bool Existed) : IClientReply;

    /// <summary>What a request would become.</summary>
    /// <param name="Cells">Its grid.</param>
    /// <param name="Refused">The cells of it that would end at once.</param>
    [Manifest("planned1")]
    public sealed record Planned(IReadOnlyList<Cell> Cells, IReadOnlyList<CellRefusal> Refused) : IClientReply;

    /// <summary>It was done, or was so already.</summary>
    [Manifest("done1")]
    public sealed record Done(string Message) : IClientReply;

    /// <summary>It was not done.</summary>
    [Manifest("refused1")]
    public sealed record Refused(RefusalCode Code, string Message) : IClientReply;

    /// <summary>Some of a task's events, at most 64 KB of them.</summary>
    /// <param name="Task">The task.</param>
    /// <param name="Events">The events in order.</param>
    /// <param name="More">Whether there are more already.</param>
    /// <param name="Progress">Where its running attempts are now; no event, and not stored.</param>
    [Manifest("page1")]
    public sealed record EventPage(
        TaskId Task, IReadOnlyList<NumberedEvent> Events, bool More, IReadOnlyList<CellProgress> Progress) : IClientReply;

    /// <summary>Some of the tasks, newest first.</summary>
    /// <param name="Tasks">The tasks.</param>
    /// <param name="More">Whether there are more: ask again with as many skipped as are there already.</param>
    [Manifest("tasks1")]
    public sealed record TaskList(IReadOnlyList<TaskEntry> Tasks, bool More = false) : IClientReply;

    /// <summary>Some of the devices, those that are away among them, by name.</summary>
    /// <param name="Devices">The devices.</param>
    /// <param name="More">Whether there are more: ask again with as many skipped as are there already.</param>
    [Manifest("devices1")]
    public sealed record DeviceList(IReadOnlyList<DeviceState> Devices, bool More = false) : IClientReply;

    /// <summary>What an administrator's command printed.</summary>
    [Manifest("admin1")]
    public sealed record AdminOutput(IReadOnlyList<string> Lines) : IClientReply;
}

using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Messages.Clients;

/// <summary>A question or command of a client. Travels in a <see cref="ClientCall"/>.</summary>
public interface IClientRequest;

/// <summary>What clients ask.</summary>
public static class ClientRequests
{
    /// <summary>Submit a task. Answer: <see cref="ClientReplies.Accepted"/> or <see cref="ClientReplies.Refused"/>.</summary>
    [Manifest("submit1")]
    public sealed record SubmitTask(TaskKey Key, TaskRequest Request) : IClientRequest;

    /// <summary>
    /// The grid that submitting this would have; nothing is stored, and no file needs to be there yet. Answer:
    /// <see cref="ClientReplies.Planned"/> or <see cref="ClientReplies.Refused"/>.
    /// </summary>
    [Manifest("plan1")]
    public sealed record PlanTask(TaskKey Key, TaskRequest Request) : IClientRequest;

    /// <summary>Cancel a task; its cells without a result end. Answer: <see cref="ClientReplies.Done"/> or a refusal.</summary>
    [Manifest("cancel1")]
    public sealed record CancelTask(TaskId Task) : IClientRequest;

    /// <summary>
    /// The task's events behind a cursor. Answered at once where there are some, else as soon as one happens or the progress changes, or
    /// after
    /// about ten seconds.
    /// Answer: <see cref="ClientReplies.EventPage"/> or a refusal.
    /// </summary>
    /// <param name="Task">The task.</param>
    /// <param name="Cursor">The number of the last event that the client has, 0 for none.</param>
    /// <param name="Wait">Whether to wait for an event where there is none.</param>
    [Manifest("after1")]
    public sealed record EventsAfter(TaskId Task, long Cursor, bool Wait) : IClientRequest;

    /// <summary>Tasks, newest first, as many as fit one answer. Answer: <see cref="ClientReplies.TaskList"/>.</summary>
    /// <param name="Skip">How many of the newest to leave out.</param>
    [Manifest("list1")]
    public sealed record ListTasks(int Skip = 0) : IClientRequest;

    /// <summary>Devices, by name, as many as fit one answer. Answer: <see cref="ClientReplies.DeviceList"/>.</summary>
    /// <param name="Skip">How many of the first to leave out.</param>
    [Manifest("listdev1")]
    public sealed record ListDevices(int Skip = 0) : IClientRequest;

    /// <summary>An administrator's command. Answer: <see cref="ClientReplies.AdminOutput"/> or a refusal.</summary>
    /// <param name="Line">The words of the command, as <c>cluster show</c>.</param>
    [Manifest("run-admin1")]
    public sealed record RunAdminCommand(IReadOnlyList<string> Line) : IClientRequest;
}

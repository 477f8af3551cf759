using EdgeBench.Messages.Tasks;

namespace EdgeBench.Messages.Clients;

/// <summary>A question or command of a client. Travels in a <see cref="ClientCall"/>.</summary>
public interface IClientRequest;

/// <summary>What clients ask.</summary>
public static class ClientRequests
{
    /// <summary>Submit a task. Answer: <see cref="ClientReplies.Accepted"/> or <see cref="ClientReplies.Refused"/>.</summary>
    public sealed record SubmitTask(TaskKey Key, TaskRequest Request) : IClientRequest;

    /// <summary>Cancel a task; its cells without a result end. Answer: <see cref="ClientReplies.Done"/> or a refusal.</summary>
    public sealed record CancelTask(TaskId Task) : IClientRequest;

    /// <summary>
    /// The task's events behind a cursor. Answered at once where there are some, else as soon as one happens or after about ten seconds.
    /// Answer: <see cref="ClientReplies.EventPage"/> or a refusal.
    /// </summary>
    /// <param name="Task">The task.</param>
    /// <param name="Cursor">The number of the last event that the client has, 0 for none.</param>
    /// <param name="Wait">Whether to wait for an event where there is none.</param>
    public sealed record EventsAfter(TaskId Task, long Cursor, bool Wait) : IClientRequest;

    /// <summary>All tasks, newest first. Answer: <see cref="ClientReplies.TaskList"/>.</summary>
    public sealed record ListTasks : IClientRequest;

    /// <summary>All devices. Answer: <see cref="ClientReplies.DeviceList"/>.</summary>
    public sealed record ListDevices : IClientRequest;

    /// <summary>An administrator's command. Answer: <see cref="ClientReplies.AdminOutput"/> or a refusal.</summary>
    /// <param name="Line">The words of the command, as <c>cluster show</c>.</param>
    public sealed record RunAdminCommand(IReadOnlyList<string> Line) : IClientRequest;
}

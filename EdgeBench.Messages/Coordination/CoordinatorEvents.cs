using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Messages.Coordination;

/// <summary>What the coordinator remembers beyond a restart. All else of a task is in the task's own journal.</summary>
public interface ICoordinatorEvent : IJournalEvent
{
    /// <summary>When it happened, by the server's clock.</summary>
    DateTimeOffset At { get; }
}

/// <summary>A result that may be used again for a cell of the very same conditions.</summary>
/// <param name="Conditions">The hash over them.</param>
/// <param name="Cell">The cell that was measured.</param>
public sealed record ReusableResult(Sha256 Conditions, CellId Cell);

/// <summary>The events of the coordinator.</summary>
public static class CoordinatorEvents
{
    /// <summary>The server was started for the first time and has its identity.</summary>
    [Manifest("server1")]
    public sealed record ServerIdentified(ServerId Server, DateTimeOffset At) : ICoordinatorEvent;

    /// <summary>A task is accepted; its own journal holds its request already.</summary>
    /// <param name="Key">Its key.</param>
    /// <param name="Task">Its id.</param>
    /// <param name="Request">The hash of its request, so that the same key with another request is noticed.</param>
    /// <param name="At">When it was accepted.</param>
    [Manifest("accepted-task1")]
    public sealed record TaskAccepted(TaskKey Key, TaskId Task, Sha256 Request, DateTimeOffset At) : ICoordinatorEvent;

    /// <summary>A task has ended, and need not be started again.</summary>
    /// <param name="Task">The task.</param>
    /// <param name="At">When it ended.</param>
    /// <param name="Reusable">Its valid results that later tasks may use again.</param>
    [Manifest("closed-task1")]
    public sealed record TaskClosed(TaskId Task, DateTimeOffset At, IReadOnlyList<ReusableResult> Reusable) : ICoordinatorEvent;
}

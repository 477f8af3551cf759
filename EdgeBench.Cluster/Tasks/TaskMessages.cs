using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Tasks;

/// <summary>What the coordinator and its tasks say to each other.</summary>
internal static class TaskMessages
{
    /// <summary>To a task: keep this submission. Answer: <see cref="Kept"/>.</summary>
    public sealed record Keep(TaskCommand.Submit Command);

    /// <summary>From a task: it has a submission in its journal.</summary>
    /// <param name="Task">The task.</param>
    /// <param name="Request">The hash of the request that it has, which may be another than was asked for.</param>
    /// <param name="Cells">Its grid.</param>
    public sealed record Kept(TaskId Task, Sha256 Request, IReadOnlyList<Cell> Cells);

    /// <summary>To a task: it is accepted; work. Answer: a <see cref="TaskReport"/>, and another one after each change.</summary>
    public sealed record Begin;

    /// <summary>To a task: a command of the dispatch.</summary>
    /// <param name="Command">The command.</param>
    /// <param name="Device">The device that waits for what becomes of it, or null.</param>
    public sealed record Do(TaskCommand Command, DeviceId? Device);

    /// <summary>From a task: it made an attempt, or declined to.</summary>
    public sealed record Assigned(TaskReport Report, CellId Cell, AttemptId? Attempt, Assignment? Assignment);

    /// <summary>To a task: lend a result to a cell of another task. Answer: <see cref="Lent"/>.</summary>
    /// <param name="From">The cell that was measured.</param>
    /// <param name="Conditions">What the result must have been measured under.</param>
    /// <param name="To">The cell that it is for.</param>
    public sealed record Lend(CellId From, Sha256 Conditions, CellId To);

    /// <summary>From a task: a result for a cell of another task.</summary>
    /// <param name="Request">What was asked for.</param>
    /// <param name="MeasuredAt">When it was measured.</param>
    /// <param name="Result">The result, or null where it is not to be had.</param>
    public sealed record Lent(Lend Request, DateTimeOffset MeasuredAt, CellResult? Result);

    /// <summary>From a task: what became of a device's result or failure.</summary>
    public sealed record Concluded(DeviceId Device, ToDevice.AttemptAnswer Answer);

    /// <summary>To a task: tell a client of your grid. Answer: an acceptance.</summary>
    public sealed record Describe;

    /// <summary>From a task: it has ended and nobody asks for it.</summary>
    public sealed record Passivate(TaskId Task);

    /// <summary>To a task: stop once what is being written is written.</summary>
    public sealed record Stop;
}

using System.Collections.Immutable;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Tasks;

/// <summary>All that the coordinator needs to know of a task. Each report takes the place of the one before.</summary>
/// <param name="Task">The task.</param>
/// <param name="Waiting">Its cells that a device could begin now, in order.</param>
/// <param name="Running">The attempts that devices were given.</param>
/// <param name="HasEnded">Whether nothing more will happen to it.</param>
internal sealed record TaskReport(
    TaskId Task, ImmutableArray<WaitingCell> Waiting, ImmutableArray<RunningAttempt> Running, bool HasEnded)
{
    /// <summary>The report of a task.</summary>
    public static TaskReport Of(TaskId task, TaskState state) => new(
        task,
        [.. state.WaitingCells().Select(cell => new WaitingCell(cell.Cell.Id, cell.Cell.Device, cell.Cell.Runtime))],
        [
            .. from cell in state.Cells
               let attempt = cell.CurrentAttempt
               where attempt is not null
               select new RunningAttempt(attempt, cell.Cell.Device),
        ],
        state.Outcome is not null);
}

/// <summary>A cell that waits for its device.</summary>
internal sealed record WaitingCell(CellId Cell, DeviceId Device, string Runtime);

/// <summary>An attempt that a device was given.</summary>
internal sealed record RunningAttempt(AttemptId Attempt, DeviceId Device);

using System.Collections.Immutable;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Coordination;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Tasks;

/// <summary>All that the coordinator needs to know of a task. Each report takes the place of the one before.</summary>
/// <param name="Task">The task.</param>
/// <param name="Waiting">Its cells that a device could begin now, in order.</param>
/// <param name="Running">The attempts that devices were given.</param>
/// <param name="HasEnded">Whether nothing more will happen to it.</param>
/// <param name="Reusable">Its results that later tasks may use again, once it has ended.</param>
internal sealed record TaskReport(
    TaskId Task, ImmutableArray<WaitingCell> Waiting, ImmutableArray<RunningAttempt> Running, bool HasEnded,
    ImmutableArray<ReusableResult> Reusable)
{
    /// <summary>Whether models of it are still being converted.</summary>
    public bool IsConverting { get; init; }

    /// <summary>The report of a task.</summary>
    public static TaskReport Of(TaskId task, TaskState state) => new(
        task,
        [
            .. from cell in state.WaitingCells()
               let conditions = state.Submission!.Request.Fresh ? null : ConditionsOf(state, cell.Cell)
               let unfit = state.Model(cell.Cell)!.Converted!.Unfit
               select new WaitingCell(cell.Cell.Id, cell.Cell.Device, cell.Cell.Runtime, conditions) { Unfit = unfit },
        ],
        [
            .. from cell in state.Cells
               let attempt = cell.CurrentAttempt
               where attempt is not null
               select new RunningAttempt(attempt, cell.Cell.Device),
        ],
        state.Outcome is not null,
        state.Outcome is null ? [] :
        [
            .. from cell in state.Cells
               where cell is { Result: not null, ReusedFrom: null }
               let conditions = ReuseConditions.Of(cell.Cell, ModelOf(state, cell.Cell), cell.Result!)
               where conditions is not null
               select new ReusableResult(conditions, cell.Cell.Id),
        ])
    {
        IsConverting = state.Outcome is null && state.WantedModels().Any(),
    };

    private static Sha256 ConditionsOf(TaskState state, Cell cell) => ReuseConditions.OfCell(cell, ModelOf(state, cell));

    private static ArtifactRef ModelOf(TaskState state, Cell cell) => state.Model(cell)!.Converted!.File;
}

/// <summary>A cell that waits for its device.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Device">Its device.</param>
/// <param name="Runtime">Its runtime.</param>
/// <param name="Conditions">Its part of what must be the same for a result to be used again; null where it is to be measured.</param>
internal sealed record WaitingCell(CellId Cell, DeviceId Device, string Runtime, Sha256? Conditions = null)
{
    /// <summary>The versions of runtimes that cannot run the cell's model.</summary>
    public IReadOnlyList<UnfitRuntime> Unfit { get; init; } = [];
}

/// <summary>An attempt that a device was given.</summary>
internal sealed record RunningAttempt(AttemptId Attempt, DeviceId Device);

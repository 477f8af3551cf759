using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Tasks;

/// <summary>The rules of a task: which events follow from a command. Looks at no clock and changes nothing.</summary>
internal static class TaskProcess
{
    /// <summary>Which events follow.</summary>
    /// <param name="state">The task.</param>
    /// <param name="command">What it is told.</param>
    /// <param name="now">When.</param>
    public static TaskDecision Process(this TaskState state, TaskCommand command, DateTimeOffset now)
    {
        var decision = Decide(state, command, now);
        var after = decision.Events.Aggregate(state, (current, happened) => current.Apply(happened));
        var ends = after is { Submission: not null, Outcome: null, AllCellsEnded: true };
        return ends ? decision with { Events = decision.Events.Add(new TaskEvents.Ended(OutcomeOf(after), now)) } : decision;
    }

    /// <summary>The models that are still to be converted.</summary>
    public static IEnumerable<(int Model, string Format, string Precision)> WantedModels(this TaskState state) => (
        from cell in state.Cells
        where !cell.HasEnded && state.Model(cell.Cell) is null
        select (cell.Cell.Model, cell.Cell.Format, cell.Cell.Precision)).Distinct();

    /// <summary>The cells that a device could begin now.</summary>
    public static IEnumerable<CellState> WaitingCells(this TaskState state) => state.Cells.Where(
        cell => cell.Phase == CellPhase.Pending && state.Model(cell.Cell)?.Converted is not null);

    /// <summary>
    /// Lends a result to a cell of another task, where it is there and was measured under the conditions that are asked for.
    /// </summary>
    /// <param name="state">The task that measured.</param>
    /// <param name="lend">What is asked for.</param>
    /// <param name="hasArtifact">Whether an artifact is still in the store.</param>
    public static TaskMessages.Lent Lend(this TaskState state, TaskMessages.Lend lend, Func<ArtifactRef, bool> hasArtifact)
    {
        var cell = Find(state, lend.From);
        return cell is { Result: { } result, ReusedFrom: null, MeasuredAt: { } measuredAt }
            && state.Model(cell.Cell)?.Converted is { } model
            && ReuseConditions.Of(cell.Cell, model.File, result) == lend.Conditions
            && hasArtifact(result.Raw)
            ? new TaskMessages.Lent(lend, measuredAt, result)
            : new TaskMessages.Lent(lend, default, null);
    }

    private static TaskDecision Decide(TaskState state, TaskCommand command, DateTimeOffset now) => command switch
    {
        TaskCommand.Submit submit => Submit(state, submit, now),
        _ when state.Submission is null => new TaskDecision(
            [], command is TaskCommand.KeepResult or TaskCommand.FailAttempt ? ResultAnswer.Unknown : null),
        TaskCommand.KeepModel keep => state.Model(keep.Model, keep.Converted.Format, keep.Converted.Precision ?? Precision.Single) is null
            && state.Outcome is null
            ? TaskDecision.Of(new TaskEvents.ModelConverted(keep.Model, keep.Converted, now))
            : TaskDecision.None,
        TaskCommand.RefuseModel refuse => Refuse(state, refuse, now),
        TaskCommand.Assign assign => state.WaitingCells().FirstOrDefault(cell => cell.Cell.Id == assign.Cell) is { } cell
            ? TaskDecision.Of(new TaskEvents.CellAssigned(new AttemptId(assign.Cell, cell.Attempts + 1), now))
            : TaskDecision.None,
        TaskCommand.Reuse reuse => state.WaitingCells().Any(cell => cell.Cell.Id == reuse.Cell)
            ? TaskDecision.Of(new TaskEvents.CellReused(reuse.Cell, reuse.From, reuse.MeasuredAt, reuse.Result, now))
            : TaskDecision.None,
        TaskCommand.Start start => Find(state, start.Attempt.Cell) is { Phase: CellPhase.Assigned } cell
            && cell.CurrentAttempt == start.Attempt
            ? TaskDecision.Of(new TaskEvents.CellStarted(start.Attempt, now))
            : TaskDecision.None,
        TaskCommand.KeepResult keep => Keep(state, keep, now),
        TaskCommand.FailAttempt fail => Fail(state, fail, now),
        TaskCommand.EndCell end => Find(state, end.Cell) is { HasEnded: false }
            ? TaskDecision.Of(new TaskEvents.CellFailed(end.Cell, end.Failure, now))
            : TaskDecision.None,
        TaskCommand.Cancel => Cancel(state, now),
        TaskCommand.Resume => TaskDecision.None,
        _ => throw new ArgumentException($"{command.GetType().Name} is no command of a task", nameof(command)),
    };

    private static TaskDecision Submit(TaskState state, TaskCommand.Submit submit, DateTimeOffset now)
    {
        if (state.Submission is not null)
        {
            return TaskDecision.None;
        }

        var submitted = new TaskEvents.Submitted(
            TaskId.Of(submit.Key), submit.Key, submit.Request, submit.Cells, submit.ServerVersion, now);
        return new TaskDecision(
            [submitted, .. submit.Refused.Select(refused => new TaskEvents.CellFailed(refused.Cell, refused.Failure, now))]);
    }

    private static TaskDecision Refuse(TaskState state, TaskCommand.RefuseModel refuse, DateTimeOffset now)
    {
        if (state.Model(refuse.Model, refuse.Format, refuse.Precision) is not null || state.Outcome is not null)
        {
            return TaskDecision.None;
        }

        var failed = from cell in state.Cells
                     where !cell.HasEnded && cell.Cell.Model == refuse.Model && cell.Cell.Format == refuse.Format
                         && cell.Cell.Precision == refuse.Precision
                     select new TaskEvents.CellFailed(cell.Cell.Id, refuse.Failure, now);
        var refused = new TaskEvents.ModelRefused(refuse.Model, refuse.Format, refuse.Failure, now)
        {
            Precision = refuse.Precision == Precision.Single ? null : refuse.Precision,
        };
        return new TaskDecision([refused, .. failed]);
    }

    private static TaskDecision Keep(TaskState state, TaskCommand.KeepResult keep, DateTimeOffset now)
    {
        var attempt = keep.Attempt;
        if (Find(state, attempt.Cell) is not { } cell || attempt.Number > cell.Attempts)
        {
            return new TaskDecision([], ResultAnswer.Unknown);
        }

        if (cell.CurrentAttempt == attempt)
        {
            return new TaskDecision([new TaskEvents.CellMeasured(attempt, keep.Result, now)], ResultAnswer.Stored);
        }

        if (cell is { Phase: CellPhase.Measured, ReusedFrom: null } && cell.Attempts == attempt.Number)
        {
            return new TaskDecision([], ResultAnswer.Stored);
        }

        return state.Superseded.Contains(attempt)
            ? new TaskDecision([], ResultAnswer.Superseded)
            : new TaskDecision([new TaskEvents.ResultSuperseded(attempt, keep.Result, now)], ResultAnswer.Superseded);
    }

    private static TaskDecision Fail(TaskState state, TaskCommand.FailAttempt fail, DateTimeOffset now)
    {
        if (Find(state, fail.Attempt.Cell) is not { } cell || fail.Attempt.Number > cell.Attempts)
        {
            return new TaskDecision([], ResultAnswer.Unknown);
        }

        if (cell.CurrentAttempt != fail.Attempt)
        {
            return new TaskDecision([], ResultAnswer.Superseded);
        }

        // Only what was lost is tried again: anything else would most likely happen again, and the user wants to know it now.
        if (fail.Failure.Kind != FailureKind.Lost)
        {
            return new TaskDecision([new TaskEvents.CellFailed(cell.Cell.Id, fail.Failure, now)], ResultAnswer.Stored);
        }

        if (cell.Attempts < CellState.MaximumAttempts)
        {
            return new TaskDecision([new TaskEvents.AttemptFailed(fail.Attempt, fail.Failure, now)], ResultAnswer.Stored);
        }

        var last = fail.Failure with { Message = $"all {CellState.MaximumAttempts} attempts were lost; the last: {fail.Failure.Message}" };
        return new TaskDecision([new TaskEvents.CellFailed(cell.Cell.Id, last, now)], ResultAnswer.Stored);
    }

    private static TaskDecision Cancel(TaskState state, DateTimeOffset now)
    {
        if (state.Outcome is not null)
        {
            return TaskDecision.None;
        }

        var failure = new CellFailure(FailureKind.Cancelled, "the task was cancelled");
        var failed = state.Cells.Where(cell => !cell.HasEnded).Select(cell => new TaskEvents.CellFailed(cell.Cell.Id, failure, now));
        return new TaskDecision([new TaskEvents.Cancelled(now), .. failed]);
    }

    private static CellState? Find(TaskState state, CellId id) => state.Cells.FirstOrDefault(cell => cell.Cell.Id == id);

    private static TaskOutcome OutcomeOf(TaskState state) =>
        state.IsCancelled ? TaskOutcome.Cancelled
        : state.Cells.All(cell => cell.Phase == CellPhase.Measured) ? TaskOutcome.Completed
        : TaskOutcome.Failed;
}

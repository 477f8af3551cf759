using System.Collections.Immutable;

namespace EdgeBench.Messages.Tasks;

/// <summary>
/// A task as its events tell it. The server's live state and the state that a client builds from <c>task history</c> are one and the same,
/// since
/// both come from <see cref="Apply"/>, which looks at no clock and draws no number.
/// </summary>
public sealed record TaskState
{
    /// <summary>The state before the first event.</summary>
    public static TaskState None { get; } = new();

    /// <summary>The submission, or null before it.</summary>
    public TaskEvents.Submitted? Submission { get; init; }

    /// <summary>The converted models and refusals, by model number and format.</summary>
    public ImmutableSortedDictionary<string, ModelState> Models { get; init; } = ImmutableSortedDictionary<string, ModelState>.Empty;

    /// <summary>The cells, in the order of their numbers.</summary>
    public ImmutableArray<CellState> Cells { get; init; } = [];

    /// <summary>How the task ended, or null while it has not.</summary>
    public TaskOutcome? Outcome { get; init; }

    /// <summary>Whether a user cancelled it.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>The attempts whose results are kept but not counted.</summary>
    public ImmutableHashSet<AttemptId> Superseded { get; init; } = [];

    /// <summary>When it ended, or null while it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether each cell has ended.</summary>
    public bool AllCellsEnded => Cells.All(cell => cell.HasEnded);

    /// <summary>The state of one cell.</summary>
    /// <exception cref="KeyNotFoundException">The task has no such cell.</exception>
    public CellState this[CellId cell] => Cells.FirstOrDefault(state => state.Cell.Id == cell)
        ?? throw new KeyNotFoundException($"the task has no cell {cell}");

    /// <summary>What became of a model in a format, or null before it was converted.</summary>
    public ModelState? Model(int model, string format, string precision = Precision.Single) =>
        Models.GetValueOrDefault(ModelState.Key(model, format, precision));

    /// <summary>What became of the model of a cell; null as long as it is not converted.</summary>
    public ModelState? Model(Cell cell) => Model(cell.Model, cell.Format, cell.Precision);

    /// <summary>The state of a task with these events.</summary>
    public static TaskState Replay(IEnumerable<ITaskEvent> events) => events.Aggregate(None, (state, happened) => state.Apply(happened));

    /// <summary>The state after one more event.</summary>
    public TaskState Apply(ITaskEvent happened) => happened switch
    {
        TaskEvents.Submitted submitted => this with
        {
            Submission = submitted,
            Cells = [.. submitted.Cells.Select(cell => new CellState { Cell = cell })],
        },
        TaskEvents.ModelConverted converted => With(new ModelState(
            converted.Model, converted.Converted.Format, converted.Converted, null, converted.Converted.Precision ?? Precision.Single)),
        TaskEvents.ModelRefused refused => With(new ModelState(
            refused.Model, refused.Format, null, refused.Failure.Message, refused.Precision ?? Precision.Single)),
        TaskEvents.CellAssigned assigned => With(assigned.Attempt.Cell, cell => cell with
        {
            Attempts = assigned.Attempt.Number,
            Phase = CellPhase.Assigned,
        }),
        TaskEvents.CellStarted started => With(started.Attempt.Cell, cell => cell with { Phase = CellPhase.Running }),
        TaskEvents.CellMeasured measured => With(measured.Attempt.Cell, cell => cell with
        {
            Phase = CellPhase.Measured,
            Result = measured.Result,
            MeasuredAt = measured.At,
            Failure = null,
        }),
        TaskEvents.CellReused reused => With(reused.Cell, cell => cell with
        {
            Phase = CellPhase.Measured,
            Result = reused.Result,
            MeasuredAt = reused.MeasuredAt,
            ReusedFrom = reused.From,
            Failure = null,
        }),
        TaskEvents.ResultSuperseded superseded => this with { Superseded = Superseded.Add(superseded.Attempt) },
        TaskEvents.AttemptFailed failed => With(failed.Attempt.Cell, cell => cell with
        {
            Phase = CellPhase.Pending,
            Failure = failed.Failure,
        }),
        TaskEvents.CellFailed failed => With(failed.Cell, cell => cell with { Phase = CellPhase.Failed, Failure = failed.Failure }),
        TaskEvents.Cancelled => this with { IsCancelled = true },
        TaskEvents.Ended ended => this with { Outcome = ended.Outcome, EndedAt = ended.At },
        _ => throw new ArgumentException($"{happened.GetType().Name} is no event of a task", nameof(happened)),
    };

    private TaskState With(ModelState model) =>
        this with { Models = Models.SetItem(ModelState.Key(model.Model, model.Format, model.Precision), model) };

    private TaskState With(CellId id, Func<CellState, CellState> change)
    {
        var cell = this[id];
        return this with { Cells = Cells.Replace(cell, change(cell)) };
    }
}

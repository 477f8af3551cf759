using EdgeBench.Messages.Serialization;

namespace EdgeBench.Messages.Tasks;

/// <summary>What happened to a task: the content of its journal, never changed and never deleted.</summary>
public interface ITaskEvent : IJournalEvent
{
    /// <summary>When it happened, by the server's clock.</summary>
    DateTimeOffset At { get; }
}

/// <summary>The events of a task.</summary>
public static class TaskEvents
{
    /// <summary>The task was submitted, and its grid is laid out.</summary>
    [Manifest("submitted1")]
    public sealed record Submitted(
        TaskId Task, TaskKey Key, TaskRequest Request, IReadOnlyList<Cell> Cells, string ServerVersion, DateTimeOffset At) : ITaskEvent;

    /// <summary>A model is there in a format.</summary>
    [Manifest("converted1")]
    public sealed record ModelConverted(int Model, ConvertedModel Converted, DateTimeOffset At) : ITaskEvent;

    /// <summary>A model cannot be had in a format, mostly since it is not accepted; its cells end with that failure.</summary>
    [Manifest("model-refused1")]
    public sealed record ModelRefused(int Model, string Format, CellFailure Failure, DateTimeOffset At) : ITaskEvent
    {
        /// <summary>The precision, or null for <see cref="Tasks.Precision.Single"/>.</summary>
        public string? Precision { get; init; }
    }

    /// <summary>An attempt was given to the cell's device.</summary>
    [Manifest("assigned1")]
    public sealed record CellAssigned(AttemptId Attempt, DateTimeOffset At) : ITaskEvent;

    /// <summary>The device began the attempt.</summary>
    [Manifest("started1")]
    public sealed record CellStarted(AttemptId Attempt, DateTimeOffset At) : ITaskEvent;

    /// <summary>The attempt gave the cell's result.</summary>
    [Manifest("measured1")]
    public sealed record CellMeasured(AttemptId Attempt, CellResult Result, DateTimeOffset At) : ITaskEvent;

    /// <summary>
    /// The cell has its result without an attempt: an earlier one of the same model, options, image and device was valid, and nothing that
    /// is known to move a latency has changed since.
    /// </summary>
    /// <param name="Cell">The cell.</param>
    /// <param name="From">The cell that was measured.</param>
    /// <param name="MeasuredAt">When that was, by the server's clock.</param>
    /// <param name="Result">Its result.</param>
    /// <param name="At">When this cell got it.</param>
    [Manifest("reused1")]
    public sealed record CellReused(
        CellId Cell, CellId From, DateTimeOffset MeasuredAt, CellResult Result, DateTimeOffset At) : ITaskEvent;

    /// <summary>An attempt that no longer counts gave a result after all: kept, not counted.</summary>
    [Manifest("superseded1")]
    public sealed record ResultSuperseded(AttemptId Attempt, CellResult Result, DateTimeOffset At) : ITaskEvent;

    /// <summary>The attempt gave no result, and the cell waits for another one.</summary>
    [Manifest("attempt-failed1")]
    public sealed record AttemptFailed(AttemptId Attempt, CellFailure Failure, DateTimeOffset At) : ITaskEvent;

    /// <summary>The cell ended without a result.</summary>
    [Manifest("failed1")]
    public sealed record CellFailed(CellId Cell, CellFailure Failure, DateTimeOffset At) : ITaskEvent;

    /// <summary>A user cancelled the task; cells without a result end as cancelled.</summary>
    [Manifest("cancelled1")]
    public sealed record Cancelled(DateTimeOffset At) : ITaskEvent;

    /// <summary>Every cell has ended.</summary>
    [Manifest("ended1")]
    public sealed record Ended(TaskOutcome Outcome, DateTimeOffset At) : ITaskEvent;
}

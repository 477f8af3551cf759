using EdgeBench.Messages.Runtimes;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Tasks;

/// <summary>What a task may be told. Each is safe to repeat and may come late.</summary>
internal abstract record TaskCommand
{
    /// <summary>Begin to exist. Cells that cannot be measured are known from the start and end at once.</summary>
    public sealed record Submit(
        TaskKey Key, TaskRequest Request, IReadOnlyList<Cell> Cells,
        IReadOnlyList<RefusedCell> Refused, string ServerVersion) : TaskCommand;

    /// <summary>A model is there in a format.</summary>
    public sealed record KeepModel(int Model, ConvertedModel Converted) : TaskCommand;

    /// <summary>A model is not to be had in a format.</summary>
    public sealed record RefuseModel(
        int Model, string Format, CellFailure Failure, string Precision = Messages.Tasks.Precision.Single) : TaskCommand;

    /// <summary>The cell's device is free: give it an attempt.</summary>
    public sealed record Assign(CellId Cell, RuntimeImageRef Image) : TaskCommand;

    /// <summary>The cell's device is free, and an earlier result may be used again.</summary>
    /// <param name="Cell">The cell.</param>
    /// <param name="From">The cell that was measured.</param>
    /// <param name="MeasuredAt">When that was.</param>
    /// <param name="Result">Its result.</param>
    public sealed record Reuse(CellId Cell, CellId From, DateTimeOffset MeasuredAt, CellResult Result) : TaskCommand;

    /// <summary>The device began.</summary>
    public sealed record Start(AttemptId Attempt) : TaskCommand;

    /// <summary>The device has a result, whose artifacts are in the store.</summary>
    public sealed record KeepResult(AttemptId Attempt, CellResult Result) : TaskCommand;

    /// <summary>An attempt ended without a result.</summary>
    public sealed record FailAttempt(AttemptId Attempt, CellFailure Failure) : TaskCommand;

    /// <summary>A cell cannot be measured, whatever it is at.</summary>
    public sealed record EndCell(CellId Cell, CellFailure Failure) : TaskCommand;

    /// <summary>A user no longer wants it.</summary>
    public sealed record Cancel : TaskCommand;

    /// <summary>The task was read from the journal: finish what is due.</summary>
    public sealed record Resume : TaskCommand;
}

/// <summary>A cell that ends as soon as its task begins.</summary>
internal sealed record RefusedCell(CellId Cell, CellFailure Failure);

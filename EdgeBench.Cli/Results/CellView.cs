using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Results;

/// <summary>A cell of a task in the words of tables.</summary>
/// <param name="Task">The task.</param>
/// <param name="State">The cell.</param>
internal sealed record CellView(TaskState Task, CellState State)
{
    /// <summary>The mark of a result that was used again.</summary>
    public const string ReusedMark = "†";

    /// <summary>All cells of a task, in their order.</summary>
    public static IReadOnlyList<CellView> Of(TaskState task) => [.. task.Cells.Select(cell => new CellView(task, cell))];

    /// <summary>The cell.</summary>
    public Cell Cell => State.Cell;

    /// <summary>Its result, or null while it has none.</summary>
    public CellResult? Result => State.Result;

    /// <summary>The model as it was handed in.</summary>
    public ModelSource Model => Task.Submission!.Request.Models[Cell.Model];

    /// <summary>The converted model, or null where there is none.</summary>
    public ConvertedModel? Converted => Task.Model(Cell)?.Converted;

    /// <summary>Whether its weights were made up, so that its outputs mean nothing.</summary>
    public bool IsSynthetic => Converted?.Weights.StartsWith("synthetic", StringComparison.Ordinal) == true;

    /// <summary>The model's name, with a star where its weights were made up.</summary>
    public string ModelName => Model.Name + (IsSynthetic ? " *" : "");

    /// <summary>The cell in a sentence: <c>resnet50 on pi4, tflite</c>, with what else tells it from the others of its task.</summary>
    public string Name => $"{Model.Name} on {Cell.DeviceName}, {Cell.Runtime}{Distinction}";

    /// <summary>
    /// What tells it from the cells of its task that have the same model, device and runtime; empty where nothing has to.
    /// </summary>
    public string Distinction =>
        (Task.Cells.Any(other => other.Cell.Precision != Cell.Precision) ? $", {Cell.Precision}" : "")
        + (Task.Cells.Any(other => other.Cell.Options.Threads != Cell.Options.Threads)
            ? $", {(Cell.Options.Threads is { } threads ? Figures.Counted(threads, "thread") : "all threads")}"
            : "");

    /// <summary>The threads: those that the runtime had, else those that were asked for.</summary>
    public int? Threads => Result?.Conditions.Threads ?? Cell.Options.Threads;

    /// <summary>How far the result can be trusted, in one word; null where there is no result.</summary>
    public string? Verdict => Result is null ? null : WordOf(Result.Verdict?.Level);

    /// <summary>The same as a mark behind a figure; with another one where the result is that of an earlier task.</summary>
    public string Mark => Result is null ? "" : MarkOf(Result.Verdict?.Level) + (State.ReusedFrom is null ? "" : ReusedMark);

    /// <summary>Mean and interval in milliseconds, or where the cell stands while it has no result.</summary>
    public string Mean => Result is { } result
        ? Figures.MeanAndInterval(result.Latency.Mean, result.Latency.MeanInterval)
        : Phase;

    /// <summary>Where the cell stands, in one word.</summary>
    public string Phase => State switch
    {
        { Phase: CellPhase.Failed, Failure.Kind: FailureKind.ModelRefused } => "refused",
        { Phase: CellPhase.Failed, Failure.Kind: FailureKind.Cancelled } => "cancelled",
        { Phase: CellPhase.Pending } when Task.Model(Cell) is null => "converting",
        { Phase: CellPhase.Pending } => "waiting",
        var other => other.Phase.ToString().ToLowerInvariant(),
    };

    /// <summary>The word for a level.</summary>
    public static string WordOf(VerdictLevel? level) => level is { } known ? known.ToString().ToUpperInvariant() : "UNJUDGED";

    /// <summary>The mark for a level; none where nobody judged.</summary>
    public static string MarkOf(VerdictLevel? level) => level switch
    {
        VerdictLevel.Valid => "✓",
        VerdictLevel.Suspect => "?",
        VerdictLevel.Invalid => "✗",
        _ => "",
    };
}

using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Tasks;

/// <summary>A cell as the task's events tell it.</summary>
public sealed record CellState
{
    /// <summary>The most attempts that a cell is given.</summary>
    public const int MaximumAttempts = 3;

    /// <summary>The cell.</summary>
    public required Cell Cell { get; init; }

    /// <summary>Where it stands.</summary>
    public CellPhase Phase { get; init; }

    /// <summary>How many attempts were assigned.</summary>
    public int Attempts { get; init; }

    /// <summary>The result, once measured.</summary>
    public CellResult? Result { get; init; }

    /// <summary>When it was measured, by the server's clock; null without a result.</summary>
    public DateTimeOffset? MeasuredAt { get; init; }

    /// <summary>The cell of an earlier task whose result this is, or null where it was measured for this one.</summary>
    public CellId? ReusedFrom { get; init; }

    /// <summary>Why it failed, or why its last attempt did.</summary>
    public CellFailure? Failure { get; init; }

    /// <summary>Whether nothing more will happen to it.</summary>
    public bool HasEnded => Phase is CellPhase.Measured or CellPhase.Failed;

    /// <summary>The attempt that a device is at, or null where none is.</summary>
    public AttemptId? CurrentAttempt => Phase is CellPhase.Assigned or CellPhase.Running ? new AttemptId(Cell.Id, Attempts) : null;
}

/// <summary>Where a cell stands.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<CellPhase>))]
public enum CellPhase
{
    /// <summary>It waits for its model or its device.</summary>
    Pending,

    /// <summary>An attempt was given to its device.</summary>
    Assigned,

    /// <summary>Its device began.</summary>
    Running,

    /// <summary>It has its result.</summary>
    Measured,

    /// <summary>It ended without a result.</summary>
    Failed,
}

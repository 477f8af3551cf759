using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Tasks;

/// <summary>How a task ended.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<TaskOutcome>))]
public enum TaskOutcome
{
    /// <summary>Every cell has a result.</summary>
    Completed,

    /// <summary>At least one cell has none.</summary>
    Failed,

    /// <summary>A user cancelled it.</summary>
    Cancelled,
}

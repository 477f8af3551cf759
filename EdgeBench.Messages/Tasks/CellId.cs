using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Tasks;

/// <summary>One point of a task's grid. In text: <c>TASK/NUMBER</c>.</summary>
/// <param name="Task">The task.</param>
/// <param name="Number">The cell's number in the task, from 1.</param>
[JsonConverter(typeof(TextIdConverter<CellId>))]
public sealed record CellId(TaskId Task, int Number) : IParsable<CellId>
{
    /// <inheritdoc />
    public static CellId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("a cell id is TASK/NUMBER");

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out CellId result)
    {
        result = s?.Split('/') is [var task, var number] && TaskId.TryParse(task, provider, out var id)
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? new CellId(id, value)
            : null;
        return result is not null;
    }

    /// <inheritdoc />
    public override string ToString() => $"{Task}/{Number}";
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Tasks;

/// <summary>One try at a cell. In text: <c>TASK/CELL/NUMBER</c>.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Number">The attempt's number at that cell, from 1.</param>
[JsonConverter(typeof(TextIdConverter<AttemptId>))]
public sealed record AttemptId(CellId Cell, int Number) : IParsable<AttemptId>
{
    /// <inheritdoc />
    public static AttemptId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("an attempt id is TASK/CELL/NUMBER");

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out AttemptId result)
    {
        var slash = s?.LastIndexOf('/') ?? -1;
        result = slash > 0 && CellId.TryParse(s![..slash], provider, out var cell)
            && int.TryParse(s[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? new AttemptId(cell, number)
            : null;
        return result is not null;
    }

    /// <inheritdoc />
    public override string ToString() => $"{Cell}/{Number}";
}

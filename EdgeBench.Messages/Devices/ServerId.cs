using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Devices;

/// <summary>
/// The identity of a server, a GUID in its journal: results wait on a device under the id of the server that asked for them.
/// </summary>
/// <param name="Value">The GUID.</param>
[JsonConverter(typeof(TextIdConverter<ServerId>))]
public sealed record ServerId(Guid Value) : IParsable<ServerId>
{
    /// <inheritdoc />
    public static ServerId Parse(string s, IFormatProvider? provider) => new(Guid.Parse(s, provider));

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out ServerId result)
    {
        result = Guid.TryParse(s, provider, out var value) ? new ServerId(value) : null;
        return result is not null;
    }

    /// <inheritdoc />
    public override string ToString() => Value.ToString("D");
}

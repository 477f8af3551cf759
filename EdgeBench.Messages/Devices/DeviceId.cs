using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Devices;

/// <summary>The identity of an edge node: a GUID in its data folder. Its name is for people and may change hands; this may not.</summary>
/// <param name="Value">The GUID.</param>
[JsonConverter(typeof(TextIdConverter<DeviceId>))]
public sealed record DeviceId(Guid Value) : IParsable<DeviceId>
{
    /// <inheritdoc />
    public static DeviceId Parse(string s, IFormatProvider? provider) => new(Guid.Parse(s, provider));

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out DeviceId result)
    {
        result = Guid.TryParse(s, provider, out var value) ? new DeviceId(value) : null;
        return result is not null;
    }

    /// <inheritdoc />
    public override string ToString() => Value.ToString("D");
}

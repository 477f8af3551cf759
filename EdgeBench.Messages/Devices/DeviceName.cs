using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Devices;

/// <summary>What people call a device.</summary>
[JsonConverter(typeof(TextIdConverter<DeviceName>))]
public sealed record DeviceName : IParsable<DeviceName>
{
    /// <summary>The greatest length of a name.</summary>
    public const int MaximumLength = 63;

    /// <summary>Takes a name.</summary>
    /// <param name="value">1 to 63 letters, digits, dots, hyphens and underscores, of which the first is a letter or digit.</param>
    /// <exception cref="FormatException">The text is no such name.</exception>
    public DeviceName(string value)
    {
        if (!IsValid(value))
        {
            throw new FormatException(
                $"'{value}' is no device name: 1 to {MaximumLength} letters, digits, '.', '-' and '_', beginning with a letter or digit");
        }

        Value = value;
    }

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <inheritdoc />
    public static DeviceName Parse(string s, IFormatProvider? provider) => new(s);

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out DeviceName result)
    {
        result = IsValid(s) ? new DeviceName(s) : null;
        return result is not null;
    }

    /// <inheritdoc />
    public override string ToString() => Value;

    private static bool IsValid([NotNullWhen(true)] string? value) =>
        value is { Length: > 0 and <= MaximumLength } && char.IsAsciiLetterOrDigit(value[0])
        && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');
}

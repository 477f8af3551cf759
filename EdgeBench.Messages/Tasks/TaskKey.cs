using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Tasks;

/// <summary>What makes a submission idempotent: chosen by the client, and the same key always means the same task.</summary>
[JsonConverter(typeof(TextIdConverter<TaskKey>))]
public sealed record TaskKey : IParsable<TaskKey>
{
    /// <summary>The greatest length of a key.</summary>
    public const int MaximumLength = 128;

    /// <summary>Takes a key.</summary>
    /// <param name="value">1 to 128 printable ASCII characters, none of them a space.</param>
    /// <exception cref="FormatException">The text is no key.</exception>
    public TaskKey(string value)
    {
        if (!IsValid(value))
        {
            throw new FormatException($"a task key is 1 to {MaximumLength} printable ASCII characters without spaces");
        }

        Value = value;
    }

    /// <summary>The key.</summary>
    public string Value { get; }

    /// <summary>A key that nobody else has.</summary>
    public static TaskKey New() => new(Guid.NewGuid().ToString("N"));

    /// <inheritdoc />
    public static TaskKey Parse(string s, IFormatProvider? provider) => new(s);

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out TaskKey result)
    {
        result = IsValid(s) ? new TaskKey(s) : null;
        return result is not null;
    }

    /// <inheritdoc />
    public override string ToString() => Value;

    private static bool IsValid([NotNullWhen(true)] string? value) =>
        value is { Length: > 0 and <= MaximumLength } && value.All(character => character is > ' ' and <= '~');
}

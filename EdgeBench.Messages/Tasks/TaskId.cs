using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Tasks;

/// <summary>The name of a task. It follows from the task's key, so that submitting twice cannot make two tasks.</summary>
[JsonConverter(typeof(TextIdConverter<TaskId>))]
public sealed record TaskId : IParsable<TaskId>
{
    private const int Digits = 12;

    /// <summary>Takes an id.</summary>
    /// <param name="value">12 lower-case hexadecimal digits.</param>
    /// <exception cref="FormatException">The text is no task id.</exception>
    public TaskId(string value)
    {
        if (!IsValid(value))
        {
            throw new FormatException($"a task id is {Digits} lower-case hexadecimal digits");
        }

        Value = value;
    }

    /// <summary>The id.</summary>
    public string Value { get; }

    /// <summary>The id of the task with a key: the first digits of the key's SHA-256.</summary>
    public static TaskId Of(TaskKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new TaskId(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key.Value)))[..Digits]);
    }

    /// <inheritdoc />
    public static TaskId Parse(string s, IFormatProvider? provider) => new(s);

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out TaskId result)
    {
        result = IsValid(s) ? new TaskId(s) : null;
        return result is not null;
    }

    /// <inheritdoc />
    public override string ToString() => Value;

    private static bool IsValid([NotNullWhen(true)] string? value) =>
        value is { Length: Digits } && value.All(character => char.IsAsciiHexDigitLower(character));
}

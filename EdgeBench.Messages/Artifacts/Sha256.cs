using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Artifacts;

/// <summary>A SHA-256, the name of an artifact.</summary>
[JsonConverter(typeof(TextIdConverter<Sha256>))]
public sealed record Sha256 : IParsable<Sha256>
{
    /// <summary>Takes a hash in hexadecimal digits.</summary>
    /// <param name="hex">64 hexadecimal digits; upper case is made lower case.</param>
    /// <exception cref="FormatException">The text is no such hash.</exception>
    public Sha256(string hex)
    {
        if (hex is not { Length: 64 } || !hex.All(char.IsAsciiHexDigit))
        {
            throw new FormatException("a SHA-256 is 64 hexadecimal digits");
        }

        Hex = hex.ToLowerInvariant();
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Hex { get; }

    /// <summary>Takes a hash of 32 bytes.</summary>
    public static Sha256 FromHash(ReadOnlySpan<byte> hash) => new(Convert.ToHexStringLower(hash));

    /// <summary>The hash of some bytes.</summary>
    public static Sha256 Of(ReadOnlySpan<byte> bytes) => FromHash(System.Security.Cryptography.SHA256.HashData(bytes));

    /// <summary>The hash of a file's content.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Sha256 OfFile(string path)
    {
        using var stream = File.OpenRead(path);
        return FromHash(System.Security.Cryptography.SHA256.HashData(stream));
    }

    /// <inheritdoc />
    public static Sha256 Parse(string s, IFormatProvider? provider) => new(s);

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Sha256 result)
    {
        var valid = s is { Length: 64 } && s.All(char.IsAsciiHexDigit);
        result = valid ? new Sha256(s!) : null;
        return valid;
    }

    /// <inheritdoc />
    public override string ToString() => Hex;
}

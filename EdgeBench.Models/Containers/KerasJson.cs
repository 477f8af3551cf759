using System.Buffers;
using System.Text;
using System.Text.Json;

namespace EdgeBench.Models.Containers;

/// <summary>JSON as Python writes it: <c>NaN</c> and <c>Infinity</c> stand there bare.</summary>
internal static class KerasJson
{
    /// <summary>Longest text taken, in bytes. Architectures of real models are below 10 MB.</summary>
    public const int MaximumBytes = 64 << 20;

    private const int MaximumDepth = 256;

    // A layer has some ten; real models have some hundreds of layers.
    private const int MaximumObjects = 500_000;

    /// <summary>Parses the text of an architecture.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="what">What the text is, for the message.</param>
    /// <exception cref="ModelFileException">It is no JSON, too long or too deep, or holds too many objects.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8, string what)
    {
        if (utf8.Length > MaximumBytes)
        {
            throw new ModelFileException($"{what} is longer than {MaximumBytes >> 20} MB, which no Keras model needs");
        }

        try
        {
            var root = ParseElement(utf8);

            // json.dump(model.to_json()) gives JSON within a JSON string.
            return root.ValueKind == JsonValueKind.String ? ParseElement(Encoding.UTF8.GetBytes(root.GetString()!)) : root;
        }
        catch (JsonException e)
        {
            throw new ModelFileException($"{what} is not valid JSON, so the file is damaged or no Keras model; save the model again", e);
        }
        catch (InvalidOperationException e)
        {
            throw new ModelFileException($"{what} holds text that is not UTF-8, so the file is damaged; save the model again", e);
        }
    }

    private static JsonElement ParseElement(ReadOnlyMemory<byte> utf8)
    {
        var text = utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        using var document = JsonDocument.Parse(WithoutBareNumbers(text), new JsonDocumentOptions { MaxDepth = MaximumDepth });
        var objects = 0;
        ReadTexts(document.RootElement, ref objects);
        return document.RootElement.Clone();
    }

    /// <summary>Texts are decoded when they are read, so one that cannot be is found here and not later.</summary>
    /// <exception cref="InvalidOperationException">A text is not UTF-8, or holds half a surrogate pair.</exception>
    /// <exception cref="ModelFileException">There are too many objects.</exception>
    private static void ReadTexts(JsonElement element, ref int objects)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    ReadTexts(item, ref objects);
                }

                break;
            case JsonValueKind.Object:
                if (++objects > MaximumObjects)
                {
                    throw new ModelFileException($"holds more than {MaximumObjects} JSON objects, which no Keras model needs");
                }

                foreach (var property in element.EnumerateObject())
                {
                    Encoding.UTF8.GetByteCount(property.Name);
                    ReadTexts(property.Value, ref objects);
                }

                break;
        }
    }

    /// <summary>Where such a number may stand (a limit that is infinite), JSON's null says the same; elsewhere null is refused by its
    /// reader.</summary>
    private static ReadOnlyMemory<byte> WithoutBareNumbers(ReadOnlyMemory<byte> text)
    {
        if (text.Span.IndexOf("NaN"u8) < 0 && text.Span.IndexOf("Infinity"u8) < 0)
        {
            return text;
        }

        var output = new ArrayBufferWriter<byte>(text.Length + 64);
        var inString = false;
        for (var rest = text.Span; !rest.IsEmpty;)
        {
            var length = 1;
            if (rest[0] == '"')
            {
                inString = !inString;
            }
            else if (inString && rest[0] == '\\' && rest.Length > 1)
            {
                length = 2;
            }
            else if (!inString && BareNumberLength(rest) is > 0 and var bare)
            {
                output.Write("null"u8);
                rest = rest[bare..];
                continue;
            }

            output.Write(rest[..length]);
            rest = rest[length..];
        }

        return output.WrittenMemory;
    }

    private static int BareNumberLength(ReadOnlySpan<byte> text) =>
        text.StartsWith("NaN"u8) ? 3 : text.StartsWith("Infinity"u8) ? 8 : text.StartsWith("-Infinity"u8) ? 9 : 0;
}

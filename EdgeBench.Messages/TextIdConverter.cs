using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeBench.Messages;

/// <summary>Writes an identifier as the string that its <c>ToString</c> gives and reads it by its <c>Parse</c>.</summary>
/// <typeparam name="T">The identifier.</typeparam>
public sealed class TextIdConverter<T> : JsonConverter<T>
    where T : class, IParsable<T>
{
    /// <inheritdoc />
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        T.TryParse(reader.GetString(), null, out var id) ? id : throw new JsonException($"'{reader.GetString()}' is no {typeof(T).Name}");

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

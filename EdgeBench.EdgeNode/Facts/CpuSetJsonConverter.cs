using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>A CPU set in JSON is its list as a string.</summary>
internal sealed class CpuSetJsonConverter : JsonConverter<CpuSet>
{
    public override CpuSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text && CpuSet.TryParse(text, out var set)
            ? set
            : throw new JsonException("not a list of CPUs such as 0-3,6");

    public override void Write(Utf8JsonWriter writer, CpuSet value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeBench.Models.Keras.Keras1;

/// <summary>Values of nodes that may be of any kind.</summary>
internal static class JsonNodeText
{
    /// <summary>The text of a node; null where it is none.</summary>
    public static string? AsText(this JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>The whole number of a node; null where it is none.</summary>
    public static int? AsWhole(this JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<int>(out var number) ? number : null;
}

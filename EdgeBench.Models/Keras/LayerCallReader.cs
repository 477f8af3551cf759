using System.Text.Json;
using EdgeBench.Models.Containers;

namespace EdgeBench.Models.Keras;

/// <summary>Reads <c>inbound_nodes</c> in the forms of Keras 2 (lists) and Keras 3 (objects).</summary>
internal static class LayerCallReader
{
    /// <summary>The calls of a layer.</summary>
    public static IReadOnlyList<LayerCall> Read(JsonElement layer, string name)
    {
        if (!layer.TryGetProperty("inbound_nodes", out var nodes) || nodes.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return nodes.ValueKind == JsonValueKind.Array
            ? nodes.EnumerateArray().Select(node => ReadCall(node, name)).ToList()
            : throw Damaged(name);
    }

    /// <summary>Whether the calls of a layer are objects, as Keras 3 writes them, and not lists.</summary>
    public static bool AreObjects(JsonElement layer) =>
        layer.TryGetProperty("inbound_nodes", out var nodes) && nodes.ValueKind == JsonValueKind.Array && nodes.GetArrayLength() > 0
        && nodes[0].ValueKind == JsonValueKind.Object;

    /// <summary>A reference <c>[layer, call, output]</c>, where the element is one.</summary>
    public static TensorReference? Reference(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() is < 3 or > 4
            || element[0].ValueKind != JsonValueKind.String)
        {
            return null;
        }

        return element[1].ValueKind == JsonValueKind.Number && element[1].TryGetInt32(out var call) && call >= 0
            && element[2].ValueKind == JsonValueKind.Number && element[2].TryGetInt32(out var output) && output >= 0
                ? new TensorReference(element[0].GetString()!, call, output)
                : null;
    }

    private static LayerCall ReadCall(JsonElement node, string name)
    {
        if (node.ValueKind == JsonValueKind.Object)
        {
            return node.TryGetProperty("args", out _) || node.TryGetProperty("kwargs", out _)
                ? ReadObjectCall(node, name)
                : new LayerCall(
                    [new CallArgument.Named([.. node.EnumerateObject().Select(member => (member.Name, Entry(member.Value, name)))])],
                    new Dictionary<string, CallArgument>());
        }

        if (node.ValueKind != JsonValueKind.Array || node.GetArrayLength() == 0)
        {
            throw Damaged(name);
        }

        // TFOpLambda stands one level flatter, and its first argument may be a constant.
        var entries = node[0].ValueKind == JsonValueKind.String ? [node] : node.EnumerateArray().ToList();
        var tensors = entries.ConvertAll(entry => Entry(entry, name));
        return new LayerCall(tensors.Count == 1 ? tensors : [new CallArgument.List(tensors)], Keywords(entries[0]));
    }

    private static CallArgument Entry(JsonElement entry, string name)
    {
        if (Reference(entry) is { } reference)
        {
            return new CallArgument.Tensor(reference);
        }

        return entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() >= 3
            && entry[0].ValueKind == JsonValueKind.String && entry[0].ValueEquals("_CONSTANT_VALUE")
                ? new CallArgument.Constant(entry[2])
                : throw Damaged(name);
    }

    private static Dictionary<string, CallArgument> Keywords(JsonElement entry)
    {
        var keywords = new Dictionary<string, CallArgument>(StringComparer.Ordinal);
        if (entry.GetArrayLength() == 4 && entry[3].ValueKind == JsonValueKind.Object)
        {
            foreach (var property in entry[3].EnumerateObject())
            {
                keywords[property.Name] = KeywordValue(property.Value);
            }
        }

        return keywords;
    }

    private static CallArgument KeywordValue(JsonElement value)
    {
        if (Reference(value) is { } reference)
        {
            return new CallArgument.Tensor(reference);
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            // Such as the bounds of a slice.
            var members = value.EnumerateObject().Select(member => (member.Name, Value: KeywordValue(member.Value))).ToList();
            return members.Exists(member => member.Value.Tensors.Any())
                ? new CallArgument.Named(members)
                : new CallArgument.Constant(value);
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return new CallArgument.Constant(value);
        }

        var items = value.EnumerateArray().Select(KeywordValue).ToList();
        return items.Exists(item => item.Tensors.Any()) ? new CallArgument.List(items) : new CallArgument.Constant(value);
    }

    private static LayerCall ReadObjectCall(JsonElement node, string name)
    {
        var positional = node.TryGetProperty("args", out var args) && args.ValueKind == JsonValueKind.Array
            ? args.EnumerateArray().Select(argument => Argument(argument, name)).ToList()
            : [];
        var keywords = new Dictionary<string, CallArgument>(StringComparer.Ordinal);
        if (node.TryGetProperty("kwargs", out var kwargs) && kwargs.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in kwargs.EnumerateObject())
            {
                keywords[property.Name] = Argument(property.Value, name);
            }
        }

        return new LayerCall(positional, keywords);
    }

    private static CallArgument Argument(JsonElement value, string name)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            var items = value.EnumerateArray().Select(item => Argument(item, name)).ToList();
            return items.Exists(item => item.Tensors.Any()) ? new CallArgument.List(items) : new CallArgument.Constant(value);
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return new CallArgument.Constant(value);
        }

        if (value.TryGetProperty("class_name", out var kind) && kind.ValueKind == JsonValueKind.String
            && kind.ValueEquals("__keras_tensor__"))
        {
            return value.TryGetProperty("config", out var config) && config.ValueKind == JsonValueKind.Object
                && config.TryGetProperty("keras_history", out var history) && Reference(history) is { } reference
                    ? new CallArgument.Tensor(reference)
                    : throw Damaged(name);
        }

        var members = value.EnumerateObject().Select(member => (member.Name, Value: Argument(member.Value, name))).ToList();
        return members.Exists(member => member.Value.Tensors.Any()) ? new CallArgument.Named(members) : new CallArgument.Constant(value);
    }

    private static ModelFileException Damaged(string layer) =>
        new($"the architecture does not say how layer '{layer}' is called, so the file is damaged; save the model again");
}

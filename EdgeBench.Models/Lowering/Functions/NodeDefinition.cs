using System.Text;
using System.Text.Json;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>A node of TensorFlow's graph as Keras wrote it down: TensorFlow's <c>NodeDef</c> in JSON, with the constants beside.</summary>
internal sealed class NodeDefinition
{
    /// <summary>Inputs that stand in another order than the function's arguments, or of which there are several; the others are told by
    /// their places.</summary>
    private static readonly Dictionary<string, string[]> Names = new()
    {
        ["AddN"] = ["inputs*"],
        ["Concat"] = ["axis", "values*"],
        ["ConcatV2"] = ["values*", "axis"],
        ["Pack"] = ["values*"],
        ["Split"] = ["split_dim", "value"],
    };

    private readonly IReadOnlyList<CallArgument> _inputs;
    private readonly Dictionary<string, CallArgument> _named = new(StringComparer.Ordinal);

    private NodeDefinition(string operation, IReadOnlyList<CallArgument> inputs, JsonElement attributes)
    {
        Operation = operation;
        _inputs = inputs;
        if (attributes.ValueKind == JsonValueKind.Object)
        {
            foreach (var attribute in attributes.EnumerateObject())
            {
                if (Value(attribute.Value) is { } value)
                {
                    _named[attribute.Name] = new CallArgument.Constant(value);
                }
            }
        }

        if (Names.TryGetValue(operation, out var names))
        {
            Name(names);
            _inputs = [];
        }
    }

    /// <summary>The operation, as TensorFlow calls it.</summary>
    public string Operation { get; }

    /// <summary>The operation of a layer's node; empty where it is not written as Keras writes it.</summary>
    public static string OperationOf(KerasLayer layer) =>
        NodeOf(layer.Config) is { ValueKind: JsonValueKind.Object } node && node.TryGetProperty("op", out var operation)
            ? operation.ToString()
            : "";

    /// <summary>Reads the node of a layer whose operation is known.</summary>
    /// <exception cref="LayerNotSupportedException">It is not written as Keras writes it.</exception>
    public static NodeDefinition Read(LayerContext layer)
    {
        var node = NodeOf(layer.Config)!.Value;
        var constants = layer.Config.Find("constants") ?? default;
        var tensors = new Queue<CallArgument>(layer.Call.Tensors.Select(reference => new CallArgument.Tensor(reference)));
        var inputs = new List<CallArgument>();
        foreach (var input in Inputs(node).Where(input => !input.StartsWith('^')))
        {
            var key = inputs.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
            inputs.Add(constants.ValueKind == JsonValueKind.Object && constants.TryGetProperty(key, out var constant)
                ? new CallArgument.Constant(constant)
                : tensors.TryDequeue(out var tensor) ? tensor : throw Unreadable());
        }

        return new NodeDefinition(OperationOf(layer.Layer), inputs, node.TryGetProperty("attr", out var attributes) ? attributes : default);
    }

    /// <summary>An attribute or input by its name, or the input at a place; null where there is none.</summary>
    public CallArgument? Find(string name, int place) => _named.GetValueOrDefault(name) ?? _inputs.ElementAtOrDefault(place);

    /// <summary>TensorFlow 1 wrote the JSON as a text.</summary>
    private static JsonElement? NodeOf(LayerConfig config) => config.Find("node_def") switch
    {
        { ValueKind: JsonValueKind.String } text => Json(text.GetString()!),
        var element => element,
    };

    private static IEnumerable<string> Inputs(JsonElement node) =>
        node.TryGetProperty("input", out var inputs) && inputs.ValueKind == JsonValueKind.Array
            ? inputs.EnumerateArray().Select(input => input.GetString() ?? "")
            : [];

    private void Name(string[] names)
    {
        var several = _inputs.Count - names.Length + 1;
        var at = 0;
        foreach (var name in names)
        {
            if (name.EndsWith('*'))
            {
                _named[name[..^1]] = new CallArgument.List([.. _inputs.Skip(at).Take(several)]);
                at += several;
            }
            else
            {
                _named[name] = _inputs.ElementAtOrDefault(at++) ?? throw Unreadable();
            }
        }
    }

    /// <summary>A value of an attribute: whole numbers stand as texts, texts in base 64.</summary>
    private static JsonElement? Value(JsonElement attribute)
    {
        if (attribute.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var field in attribute.EnumerateObject())
        {
            switch (field.Name)
            {
                case "b" or "f" or "type":
                    return field.Value;
                case "i":
                    return Json(field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : field.Value.GetRawText());
                case "s" when field.Value.TryGetBytesFromBase64(out var bytes):
                    return Json($"\"{JsonEncodedText.Encode(Encoding.UTF8.GetString(bytes))}\"");
                case "list" when field.Value.ValueKind == JsonValueKind.Object:
                    return Json(List(field.Value));
                default:
                    break;
            }
        }

        return null;
    }

    private static string List(JsonElement list)
    {
        var items = list.EnumerateObject().SelectMany(field =>
            field.Value.ValueKind == JsonValueKind.Array ? field.Value.EnumerateArray() : []);
        return $"[{string.Join(',', items.Select(item => item.ValueKind == JsonValueKind.String ? item.GetString() : item.GetRawText()))}]";
    }

    private static JsonElement? Json(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static LayerNotSupportedException Unreadable() => new("its node of TensorFlow's graph is not readable; save the model again");
}

using System.Text.Json;
using EdgeBench.Models.Containers;

namespace EdgeBench.Models.Keras;

/// <summary>Reads an architecture: from Keras' configuration to layers and how they are called.</summary>
internal static class KerasModelReader
{
    private const int MaximumNesting = 32;
    private static readonly JsonSerializerOptions Deep = new() { MaxDepth = 512 };

    /// <summary>How Keras names the two copies of a layer in a Bidirectional, whatever the file says.</summary>
    private static readonly Dictionary<string, string> RolePrefixes = new(StringComparer.Ordinal)
    {
        ["forward_layer"] = "forward_",
        ["backward_layer"] = "backward_",
    };

    private static readonly HashSet<string> ModelClasses = ["Functional", "Model", "Sequential"];

    /// <summary>Reads the outermost model.</summary>
    /// <exception cref="ModelFileException">There is no architecture in it.</exception>
    /// <exception cref="SubclassedModelException">A model's graph exists only in its author's Python code.</exception>
    public static KerasModel Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw NoArchitecture();
        }

        return ReadModel(root, "", 0)
            ?? throw (ClassName(root) is { } className ? new SubclassedModelException(className) : NoArchitecture());
    }

    /// <summary>An architecture with its class: what <c>get_config()</c> gives has none around it, and a Sequential model's was a list
    /// once.</summary>
    public static JsonElement WithClass(JsonElement root)
    {
        var className = root.ValueKind switch
        {
            JsonValueKind.Array => "Sequential",
            JsonValueKind.Object when root.TryGetProperty("layers", out _) && !root.TryGetProperty("class_name", out _) =>
                root.TryGetProperty("input_layers", out _) ? "Functional" : "Sequential",
            _ => null,
        };
        return className is null
            ? root
            : JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["class_name"] = className, ["config"] = root }, Deep);
    }

    /// <summary>The model that an element describes; null where it describes no model with a graph.</summary>
    private static KerasModel? ReadModel(JsonElement element, string prefix, int nesting)
    {
        if (ClassName(element) is not { } className || !element.TryGetProperty("config", out var config))
        {
            return null;
        }

        var isCustom = element.TryGetProperty("registered_name", out var registered) && registered.ValueKind == JsonValueKind.String
            && registered.GetString()!.Contains('>', StringComparison.Ordinal);
        var hasGraph = config.ValueKind == JsonValueKind.Array
            || (config.ValueKind == JsonValueKind.Object && config.TryGetProperty("layers", out var layers)
                && layers.ValueKind == JsonValueKind.Array);
        return ModelClasses.Contains(className) && !isCustom && hasGraph ? ReadGraph(className, config, prefix, nesting) : null;
    }

    private static KerasModel ReadGraph(string className, JsonElement config, string prefix, int nesting)
    {
        if (nesting > MaximumNesting)
        {
            throw new ModelFileException($"models are nested more than {MaximumNesting} deep, which is not taken");
        }

        var list = config.ValueKind == JsonValueKind.Array ? config : config.GetProperty("layers");
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw NoArchitecture();
        }

        var name = config.ValueKind == JsonValueKind.Object
            && new LayerConfig(config).Find("name") is { ValueKind: JsonValueKind.String } text
            ? text.GetString()!
            : "sequential";
        var layers = list.EnumerateArray().Select(element => ReadLayer(element, prefix, nesting)).ToList();
        if (layers.GroupBy(layer => layer.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ModelFileException($"two layers are called '{twice.Key}', so the file is damaged; save the model again");
        }

        return className == "Sequential"
            ? SequentialModel.Connect(name, prefix, layers, config)
            : new KerasModel(name, layers, Tensors(config, "input_layers"), Tensors(config, "output_layers"));
    }

    private static KerasLayer ReadLayer(JsonElement element, string prefix, int nesting, string role = "")
    {
        if (ClassName(element) is not { } className)
        {
            throw NoArchitecture();
        }

        var config = element.TryGetProperty("config", out var found) ? found : default;
        var name = Text(element, "name") ?? Text(config, "name") ?? className;
        name = RolePrefixes.GetValueOrDefault(role) is { } way && !name.StartsWith(way, StringComparison.Ordinal) ? way + name : name;
        return new KerasLayer
        {
            Name = name,
            Path = prefix + name,
            ClassName = className,
            Module = Text(element, "module"),
            RegisteredName = Text(element, "registered_name"),
            Config = new LayerConfig(config),
            Nested = ReadModel(element, $"{prefix}{name}/", nesting + 1),
            Wrapped = ReadWrapped(className, new LayerConfig(config), $"{prefix}{name}/", nesting + 1),
            Role = role,
            Calls = LayerCallReader.Read(element, name),
            CallsAreObjects = LayerCallReader.AreObjects(element),
        };
    }

    /// <summary>The layers inside a wrapper, under the names of the attributes in which Keras keeps them.</summary>
    private static List<KerasLayer> ReadWrapped(string className, LayerConfig config, string prefix, int nesting)
    {
        if (nesting > MaximumNesting)
        {
            throw new ModelFileException($"layers are nested more than {MaximumNesting} deep, which is not taken");
        }

        return className switch
        {
            "SpectralNormalization" or "TimeDistributed" => Inner("layer", "layer"),
            "Bidirectional" => [.. Inner("layer", "forward_layer"), .. Inner(BackwardKey(config), "backward_layer")],
            "RNN" => Inner("cell", "cell"),
            "StackedRNNCells" => config.Find("cells") is { ValueKind: JsonValueKind.Array } cells
                ? cells.EnumerateArray().Select(cell => ReadLayer(cell, prefix, nesting, "cells")).ToList()
                : [],
            _ => [],
        };

        List<KerasLayer> Inner(string key, string role) =>
            config.Find(key) is { ValueKind: JsonValueKind.Object } element ? [ReadLayer(element, prefix, nesting, role)] : [];
    }

    /// <summary>Without a layer of its own, the way back is a copy of the way there.</summary>
    private static string BackwardKey(LayerConfig config) => config.Find("backward_layer") is null ? "layer" : "backward_layer";

    /// <summary>One reference, a list of them, or a dictionary; the order of the file counts.</summary>
    private static List<ModelTensor> Tensors(JsonElement config, string key)
    {
        var tensors = new List<ModelTensor>();
        if (config.TryGetProperty(key, out var element))
        {
            Collect(element, null);
        }

        return tensors;

        void Collect(JsonElement value, string? name)
        {
            if (LayerCallReader.Reference(value) is { } reference)
            {
                tensors.Add(new ModelTensor(name ?? reference.Layer, reference));
            }
            else if (value.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in value.EnumerateArray())
                {
                    Collect(item, null);
                }
            }
            else if (value.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in value.EnumerateObject())
                {
                    Collect(member.Value, member.Name);
                }
            }
        }
    }

    private static string? ClassName(JsonElement element) => Text(element, "class_name");

    private static string? Text(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static ModelFileException NoArchitecture() =>
        new("it holds no Keras architecture; save the whole model with model.save(\"model.keras\")");
}

using System.Text.Json.Nodes;
using EdgeBench.Models.Containers;

namespace EdgeBench.Models.Keras.Keras1;

/// <summary>A Sequential model of Keras 1 that begins by merging whole models, as the graph that it stands for.</summary>
internal static class Keras1Merges
{
    /// <summary>Whether a layer merges models that stand in its configuration.</summary>
    public static bool IsMergeOfModels(JsonNode? layer) =>
        layer is JsonObject element && element["class_name"].AsText() == "Merge"
        && element["config"] is JsonObject config && config["layers"] is JsonArray;

    /// <summary>An input.</summary>
    public static JsonObject Input(string name, JsonNode shape, JsonNode? type) => new()
    {
        ["class_name"] = "InputLayer",
        ["name"] = name,
        ["config"] = new JsonObject
        {
            ["name"] = name,
            ["batch_input_shape"] = shape.DeepClone(),
            ["dtype"] = type?.DeepClone() ?? "float32",
        },
        ["inbound_nodes"] = new JsonArray(),
    };

    /// <summary>Makes a model of the class Model out of it; the layers of the merged models become its own, as their weights are stored.</summary>
    /// <param name="sequential">The model, which is changed.</param>
    /// <param name="inputName">Gives a name to the input before a layer of a class.</param>
    /// <returns>The new configuration.</returns>
    public static JsonObject ToFunctional(JsonObject sequential, Func<string, string> inputName)
    {
        var layers = new JsonArray();
        var inputs = new JsonArray();
        var output = Append((JsonArray)sequential["config"]!);
        var name = sequential["name"].AsText() ?? "sequential";
        var graph = new JsonObject
        {
            ["name"] = name,
            ["layers"] = layers,
            ["input_layers"] = inputs,
            ["output_layers"] = new JsonArray(output),
        };
        sequential["class_name"] = "Model";
        sequential["config"] = graph;
        return graph;

        JsonArray Append(JsonArray chain)
        {
            JsonArray? last = null;
            foreach (var layer in chain.OfType<JsonObject>())
            {
                last = Add(layer, IsMergeOfModels(layer) ? Merged(layer) : last is null ? null : [last]);
            }

            return last ?? throw Damaged();
        }

        List<JsonArray> Merged(JsonObject merge) => ((JsonArray)merge["config"]!["layers"]!).OfType<JsonObject>().Select(model =>
            model["config"] switch
            {
                JsonArray chain => Append(chain),
                JsonObject graph => Splice(graph),
                _ => throw Damaged(),
            }).ToList();

        JsonArray Splice(JsonObject graph)
        {
            foreach (var layer in (graph["layers"] as JsonArray ?? throw Damaged()).OfType<JsonObject>())
            {
                layers.Add(layer.DeepClone());
            }

            foreach (var input in (graph["input_layers"] as JsonArray ?? throw Damaged()).OfType<JsonArray>())
            {
                inputs.Add(input.DeepClone());
            }

            return ((graph["output_layers"] as JsonArray)?.FirstOrDefault() as JsonArray ?? throw Damaged()).DeepClone().AsArray();
        }

        JsonArray Add(JsonObject layer, List<JsonArray>? arguments)
        {
            var config = layer["config"];
            var isInput = layer["class_name"].AsText() == "InputLayer";
            if (arguments is null && !isInput)
            {
                var first = config as JsonObject ?? throw Damaged();
                var shape = first["batch_input_shape"] ?? throw Damaged();
                var input = Input(inputName(layer["class_name"].AsText() ?? ""), shape, first["input_dtype"]);
                layers.Add(input);
                inputs.Add(Reference(input["name"].AsText()!));
                arguments = [Reference(input["name"].AsText()!)];
            }

            var own = layer["name"].AsText() ?? (config as JsonObject)?["name"].AsText() ?? throw Damaged();
            if (isInput)
            {
                inputs.Add(Reference(own));
            }

            var copy = layer.DeepClone().AsObject();
            copy["name"] = own;
            copy["inbound_nodes"] = arguments is null
                ? new JsonArray()
                : new JsonArray(new JsonArray([.. arguments.Select(argument => argument.DeepClone())]));
            (copy["config"] as JsonObject)?.Remove("layers");
            layers.Add(copy);
            return Reference(own);
        }
    }

    private static JsonArray Reference(string layer) => [layer, 0, 0];

    private static ModelFileException Damaged() =>
        new("the models that it merges are not fully described, so the file is damaged; save the model again");
}

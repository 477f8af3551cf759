using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeBench.Models.Containers;

namespace EdgeBench.Models.Keras.Keras1;

/// <summary>An architecture of Keras 1 (2015 to 2017) in the words of Keras 2, so that nothing behind it has to know of both.</summary>
internal sealed class Keras1Architecture
{
    private const int MaximumDepth = 512;

    /// <summary>Keys that only Keras 1 has, for files that name no version.</summary>
    private static readonly string[] TellingKeys =
        ["border_mode", "bias", "dim_ordering", "init", "inner_activation", "input_dtype", "mode_type", "output_dim", "W_regularizer"];

    private readonly Keras1Layers _layers;
    private readonly Dictionary<string, int> _inputs = new(StringComparer.Ordinal);

    private Keras1Architecture(Keras1Layers layers) => _layers = layers;

    /// <summary>Whether Keras 1 wrote an architecture.</summary>
    /// <param name="version">The version that the file names.</param>
    /// <param name="architecture">The architecture.</param>
    public static bool IsWrittenIn(string? version, JsonElement architecture) => version is null
        ? !SpeaksKeras2(architecture) && Configs(architecture).Any(config => TellingKeys.Count(key => config.TryGetProperty(key, out _)) > 1)
        : version.StartsWith("1.", StringComparison.Ordinal);

    /// <summary>Puts it into the words of Keras 2.</summary>
    /// <param name="architecture">The architecture of a whole model.</param>
    /// <param name="hasDilations">Whether convolutions were computed with the dilations that they ask for.</param>
    /// <param name="storedShape">Shape of a layer's weights by the layer's name and the weights', as some options stand nowhere else;
    /// null where there are none.</param>
    /// <exception cref="ModelFileException">It does not hold together.</exception>
    public static JsonElement Translate(
        JsonElement architecture, bool hasDilations, Func<string, string, IReadOnlyList<long>?> storedShape)
    {
        try
        {
            var root = JsonNode.Parse(architecture.GetRawText(), null, new JsonDocumentOptions { MaxDepth = MaximumDepth });
            if (root is JsonObject model)
            {
                new Keras1Architecture(new Keras1Layers(DataFormat(architecture), hasDilations, storedShape)).TranslateModel(model);
            }

            using var document = JsonDocument.Parse(root!.ToJsonString(), new JsonDocumentOptions { MaxDepth = MaximumDepth });
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // A list where an object belongs, a key that stands there twice.
            throw new ModelFileException("the architecture is not one of Keras 1, so the file is damaged; save the model again", e);
        }
    }

    private void TranslateModel(JsonObject model)
    {
        switch (model["config"])
        {
            case JsonArray chain when Keras1Merges.IsMergeOfModels(chain.FirstOrDefault()):
                TranslateGraph(Keras1Merges.ToFunctional(model, InputName));
                break;
            case JsonArray chain:
                NameInput(chain);
                TranslateLayers(chain);
                break;
            case JsonObject graph:
                TranslateGraph(graph);
                break;
        }
    }

    private void TranslateGraph(JsonObject graph)
    {
        if (graph["layers"] is JsonArray layers)
        {
            TranslateLayers(layers);
        }
    }

    private void TranslateLayers(JsonArray layers)
    {
        foreach (var layer in layers.OfType<JsonObject>().ToList())
        {
            if (layer["config"] is JsonArray or JsonObject { } && layer["class_name"].AsText() is "Sequential" or "Model")
            {
                TranslateModel(layer);
            }
            else
            {
                _layers.Translate(layer);
            }
        }
    }

    /// <summary>Keras 1 called the input of a chain by the class of its first layer.</summary>
    private void NameInput(JsonArray chain)
    {
        if (chain.FirstOrDefault() is JsonObject first && first["config"] is JsonObject config && first["class_name"].AsText() is { } className
            && className != "InputLayer" && config["batch_input_shape"] is { } shape)
        {
            chain.Insert(0, Keras1Merges.Input(InputName(className), shape, config["input_dtype"]));
        }
    }

    private string InputName(string className)
    {
        var prefix = className.ToLowerInvariant() + "_input";
        var number = _inputs.GetValueOrDefault(prefix) + 1;
        _inputs[prefix] = number;
        return $"{prefix}_{number}";
    }

    private static bool SpeaksKeras2(JsonElement architecture) => Configs(architecture).Any(config =>
        config.TryGetProperty("dtype", out _) || config.TryGetProperty("use_bias", out _) || config.TryGetProperty("kernel_size", out _));

    /// <summary>Layers whose class has an order of dimensions did not all write it: the others of the file say it.</summary>
    private static string? DataFormat(JsonElement architecture) => Configs(architecture)
        .Select(config => config.TryGetProperty("dim_ordering", out var order) && order.ValueKind == JsonValueKind.String
            ? Keras1Layers.DataFormat(order.GetString())
            : null)
        .FirstOrDefault(format => format is not null);

    private static IEnumerable<JsonElement> Configs(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return element.EnumerateArray().SelectMany(Configs);
        }

        return element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().SelectMany(member => Configs(member.Value)).Prepend(element)
            : [];
    }
}

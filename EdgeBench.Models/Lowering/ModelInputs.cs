using System.Globalization;
using System.Text.Json;
using EdgeBench.Models.Containers;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>The inputs of the outermost model: a batch of 1, and every other size known.</summary>
internal static class ModelInputs
{
    /// <summary>One value per input.</summary>
    /// <param name="model">The model.</param>
    /// <param name="shapes">What the user says, without the batch, by name.</param>
    /// <param name="problems">What stands against it.</param>
    public static IReadOnlyList<GraphTensor> Create(
        KerasModel model, IReadOnlyDictionary<string, IReadOnlyList<int>> shapes, List<ModelProblem> problems)
    {
        var names = model.Inputs.Select(input => input.Reference.Layer).ToList();
        problems.AddRange(shapes.Keys.Where(name => !names.Contains(name)).Order(StringComparer.Ordinal).Select(name =>
            new ModelProblem(null, null, $"there is no input '{name}' for --shape; the inputs are {string.Join(", ", names)}")));
        var inputs = new List<GraphTensor>();
        foreach (var name in names)
        {
            var layer = model.Layers.FirstOrDefault(layer => layer.Name == name && layer.IsInput)
                ?? throw new ModelFileException(
                    $"its input '{name}' is not among its layers, so the file is damaged; save the model again");
            try
            {
                inputs.Add(new GraphTensor(name, new Value(name, Shape(layer, shapes.GetValueOrDefault(name)), TypeOf(layer))));
            }
            catch (LayerNotSupportedException e)
            {
                problems.Add(new ModelProblem(layer.Path, layer.ClassName, e.Message));
            }
        }

        return inputs;
    }

    private static ElementType TypeOf(KerasLayer layer)
    {
        if (layer.Config.Flag("sparse", false) || layer.Config.Flag("ragged", false))
        {
            throw new LayerNotSupportedException("sparse and ragged inputs are not supported; build the model with a dense input");
        }

        var type = layer.Config.Find("dtype") is { } element ? TypeName(element) : "float32";
        return ElementTypes.Of(type) ?? throw new LayerNotSupportedException(
            $"inputs of the type {type} are not supported; build the model with a float32 or int32 input");
    }

    private static string TypeName(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? element.GetString()!
        : new LayerConfig(new LayerConfig(element).Find("config") ?? default).Text("name") ?? "unknown";

    private static int[] Shape(KerasLayer layer, IReadOnlyList<int>? said)
    {
        var element = layer.Config.Find("batch_shape") ?? layer.Config.Find("batch_input_shape");
        var stored = element is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Skip(1).Select(Size).ToArray()
            : null;
        var text = stored is null ? "an unknown shape" : $"the shape ({string.Join(", ", stored.Select(SizeText))})";
        var example = stored?.Select((size, i) => size?.ToString(CultureInfo.InvariantCulture) ?? Example(i, stored.Length));
        var option = $"--shape {layer.Name}={(example is null ? "16,16,3" : string.Join(",", example))}";
        if (said is null)
        {
            return stored is null || Array.Exists(stored, size => size is null)
                ? throw new LayerNotSupportedException(
                    $"the input '{layer.Name}' has {text}; say its sizes without the batch, for example {option}")
                : Valid([1, .. stored.Select(size => size!.Value)]);
        }

        var fits = stored is null
            || (stored.Length == said.Count && stored.Zip(said).All(pair => pair.First is null || pair.First == pair.Second));
        return fits
            ? Valid([1, .. said])
            : throw new LayerNotSupportedException(
                $"--shape {layer.Name}={string.Join(",", said)} does not fit the input '{layer.Name}', which has {text} without the batch");
    }

    /// <summary>A size, or null where it is left open.</summary>
    private static int? Size(JsonElement element)
    {
        var size = LayerConfig.Unwrap(element);
        return size.ValueKind == JsonValueKind.Number && size.TryGetInt32(out var number) ? number : null;
    }

    private static int[] Valid(int[] shape) => Array.TrueForAll(shape, size => size > 0)
        ? shape
        : throw new LayerNotSupportedException($"its shape {TensorShape.Text(shape)} has no elements");

    private static string SizeText(int? size) => size?.ToString(CultureInfo.InvariantCulture) ?? "?";

    private static string Example(int place, int count) => count == 3 && place < 2 ? "224" : "16";
}

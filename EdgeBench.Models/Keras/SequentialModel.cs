using System.Text.Json;

namespace EdgeBench.Models.Keras;

/// <summary>A Sequential model as the chain of calls that it stands for.</summary>
internal static class SequentialModel
{
    /// <summary>Connects the layers. Where no InputLayer is stored, one is made, named and shaped as Keras does.</summary>
    public static KerasModel Connect(string name, string prefix, List<KerasLayer> layers, JsonElement config)
    {
        if (layers.Count == 0)
        {
            throw new Containers.ModelFileException($"the model '{name}' has no layers, so there is nothing to convert");
        }

        if (!layers[0].IsInput)
        {
            layers.Insert(0, ImpliedInput(layers[0], prefix, config));
        }

        var connected = new List<KerasLayer> { layers[0] };
        foreach (var layer in layers.Skip(1))
        {
            var argument = new CallArgument.Tensor(new TensorReference(connected[^1].Name, 0, 0));
            connected.Add(new KerasLayer
            {
                Name = layer.Name,
                Path = layer.Path,
                ClassName = layer.ClassName,
                Module = layer.Module,
                RegisteredName = layer.RegisteredName,
                Config = layer.Config,
                Nested = layer.Nested,
                Wrapped = layer.Wrapped,
                Calls = [new LayerCall([argument], new Dictionary<string, CallArgument>())],
            });
        }

        return new KerasModel(
            name,
            connected,
            [new ModelTensor(connected[0].Name, new TensorReference(connected[0].Name, 0, 0))],
            [new ModelTensor(connected[^1].Name, new TensorReference(connected[^1].Name, 0, 0))]);
    }

    private static KerasLayer ImpliedInput(KerasLayer first, string prefix, JsonElement config)
    {
        var name = first.Name + "_input";
        var shape = first.Config.Find("batch_input_shape") ?? first.Config.Find("batch_shape")
            ?? new LayerConfig(config).Find("build_input_shape");
        var source = first.Config.Find("dtype") is { ValueKind: JsonValueKind.String } dtype ? dtype.GetString() : "float32";
        var text = $"{{\"batch_shape\": {shape?.GetRawText() ?? "null"}, \"dtype\": {JsonSerializer.Serialize(source)}}}";
        using var document = JsonDocument.Parse(text);
        return new KerasLayer
        {
            Name = name,
            Path = prefix + name,
            ClassName = "InputLayer",
            Config = new LayerConfig(document.RootElement.Clone()),
            Calls = [],
        };
    }
}

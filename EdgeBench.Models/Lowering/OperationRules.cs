using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;
using EdgeBench.Models.Weights;

namespace EdgeBench.Models.Lowering;

/// <summary>Functions called between layers. Each is only a name in the file: nothing is run.</summary>
internal static class OperationRules
{
    /// <summary>Functions of TensorFlow, which tf.keras keeps as <c>TFOpLambda</c> with their arguments by name.</summary>
    public static IReadOnlyList<Value> TensorFlowFunction(LayerContext layer)
    {
        var name = layer.Config.Text("function") ?? "";
        return Run(layer, FunctionFamily.TensorFlow, name, (key, place) =>
            layer.Call.Keyword.GetValueOrDefault(key) ?? layer.Call.Positional.ElementAtOrDefault(place));
    }

    /// <summary>Functions of <c>keras.ops</c>: tensors in the call, what never changes in the configuration.</summary>
    public static IReadOnlyList<Value> KerasOperation(LayerContext layer)
    {
        var name = layer.Layer.ClassName;
        return Run(layer, FunctionFamily.Keras, name, (key, place) =>
            layer.Call.Keyword.GetValueOrDefault(key)
            ?? (layer.Config.Find(key) is { } value ? new CallArgument.Constant(value) : null)
            ?? layer.Call.Positional.ElementAtOrDefault(place));
    }

    /// <summary>Operations of TensorFlow's graph, which tf.keras kept as <c>TensorFlowOpLayer</c> before it knew of functions.</summary>
    public static IReadOnlyList<Value> TensorFlowNode(LayerContext layer)
    {
        var node = NodeDefinition.Read(layer);
        return Run(layer, FunctionFamily.Node, node.Operation, node.Find);
    }

    /// <summary>Why a function between layers cannot be taken; null where it can, or where the layer is none.</summary>
    public static string? Refusal(KerasLayer layer)
    {
        var name = layer switch
        {
            { IsOperation: true } => layer.ClassName,
            { ClassName: "TFOpLambda" or "SlicingOpLambda" } => layer.Config.Find("function") is { } function ? function.ToString() : "",
            { ClassName: "TensorFlowOpLayer" } => NodeDefinition.OperationOf(layer),
            _ => null,
        };
        return name is null || FunctionTable.Find(Key(name)) is not null
            ? null
            : $"the function '{name}' is not supported; use a Keras layer for it";
    }

    /// <summary>How the table calls a function: <c>tf.math.add</c> and <c>AddV2</c> are <c>add</c> and <c>add_v2</c>.</summary>
    private static string Key(string name) => ArchiveWeights.ToSnakeCase(name.Split('.')[^1]);

    private static IReadOnlyList<Value> Run(
        LayerContext layer, FunctionFamily family, string name, Func<string, int, CallArgument?> find)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var results = FunctionTable.Find(Key(name))!(layer, new Arguments(layer, family, (key, place) =>
        {
            asked.Add(key);
            return find(key, place);
        }));
        LayerOptions.RefuseUnasked(layer, family == FunctionFamily.Keras, asked);

        // What a layer returns has to be its own, as others refer to it.
        return [.. results.Select(result => layer.Inputs.Contains(result) ? layer.Same(result) : result)];
    }
}

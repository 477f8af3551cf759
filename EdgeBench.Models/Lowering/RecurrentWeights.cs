using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Lowering;

/// <summary>The weights of a recurrent layer, its gates side by side.</summary>
/// <param name="Kernel">(features, gates * units).</param>
/// <param name="Recurrent">(units, gates * units).</param>
/// <param name="Bias">(gates * units), or (2, gates * units) where the two products have one each; null where there is none.</param>
internal sealed record RecurrentWeights(Value Kernel, Value Recurrent, Value? Bias)
{
    /// <summary>Number of units.</summary>
    public static int Units(LayerContext layer) => layer.Config.Whole("units");

    /// <summary>Reads those of a layer or a cell.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="kind">Which cell it has.</param>
    /// <param name="features">Size of the last dimension of its input.</param>
    public static RecurrentWeights Read(LayerContext layer, RecurrentKind kind, int features)
    {
        var units = Units(layer);
        var width = units * kind switch
        {
            RecurrentKind.LongShortTermMemory => 4,
            RecurrentKind.Simple => 1,
            _ => 3,
        };
        var part = Part(layer);
        var kernel = layer.VariableOf(part, "kernel", features, width);
        var recurrent = layer.VariableOf(part, "recurrent_kernel", units, width);
        var bias = !layer.Config.Flag("use_bias", true) ? null
            : kind == RecurrentKind.GatedRecurrentUnitResetAfter ? layer.VariableOf(part, "bias", 2, width)
            : layer.VariableOf(part, "bias", width);
        return new RecurrentWeights(kernel, recurrent, bias);
    }

    /// <summary>Layers keep their variables in their cell.</summary>
    public static string Part(LayerContext layer) => layer.Layer.ClassName.EndsWith("Cell", StringComparison.Ordinal) ? "" : "cell";
}

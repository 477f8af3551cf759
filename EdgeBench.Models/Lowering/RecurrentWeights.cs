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
        if (IsOfCuDnn(layer))
        {
            return ReadOfCuDnn(layer, kind, features, units, width);
        }

        var part = Part(layer);
        var kernel = layer.VariableOf(part, "kernel", features, width);
        var recurrent = layer.VariableOf(part, "recurrent_kernel", units, width);
        var bias = !layer.Config.Flag("use_bias", true) ? null
            : kind == RecurrentKind.GatedRecurrentUnitResetAfter ? layer.VariableOf(part, "bias", 2, width)
            : layer.VariableOf(part, "bias", width);
        return new RecurrentWeights(kernel, recurrent, bias);
    }

    /// <summary>Whether it is a layer of Keras 2 that only cuDNN computed, with functions that it does not name.</summary>
    public static bool IsOfCuDnn(LayerContext layer) => layer.Layer.ClassName is "CuDNNGRU" or "CuDNNLSTM";

    /// <summary>cuDNN has the matrix of each gate the other way round, in the memory of one that is not, and two biases.</summary>
    private static RecurrentWeights ReadOfCuDnn(LayerContext layer, RecurrentKind kind, int features, int units, int width)
    {
        var kernel = Turned(layer.Variable("kernel", features, width), units);
        var recurrent = Turned(layer.Variable("recurrent_kernel", units, width), units);
        var biases = layer.Variable("bias", 2 * width);
        return new RecurrentWeights(kernel, recurrent, kind == RecurrentKind.GatedRecurrentUnitResetAfter
            ? biases.Reshaped([2, width])
            : Value.Computed(
                biases.Name, [width], [.. biases.Exact().Take(width).Zip(biases.Exact().Skip(width), (first, second) => first + second)]));
    }

    private static Value Turned(Value matrix, int units)
    {
        var (rows, width) = (matrix.Shape[0], matrix.Shape[1]);
        var turned = new float[matrix.Constant!.Length];
        for (var gate = 0; gate < width; gate += units)
        {
            for (var i = 0; i < rows * units; i++)
            {
                // Element i of the gate's columns, counted row by row, is in row i % rows of what they mean.
                turned[(i % rows * width) + gate + (i / rows)] = matrix.Constant[(i / units * width) + gate + (i % units)];
            }
        }

        return new Value(matrix.Name, matrix.Shape, turned);
    }

    /// <summary>Layers keep their variables in their cell.</summary>
    public static string Part(LayerContext layer) => layer.Layer.ClassName.EndsWith("Cell", StringComparison.Ordinal) ? "" : "cell";
}

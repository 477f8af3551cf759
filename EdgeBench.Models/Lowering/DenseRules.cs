using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Fully connected layers.</summary>
internal static class DenseRules
{
    public static Value Dense(LayerContext layer)
    {
        var input = layer.Input;
        if (input.Rank < 2)
        {
            throw new LayerNotSupportedException(
                $"its input has the shape {TensorShape.Text(input.Shape)} where at least 2 dimensions are expected");
        }

        layer.RefuseQuantizedWeights();
        var units = layer.Config.Whole("units");
        var kernel = layer.Variable("kernel", input.Shape[^1], units);
        var bias = layer.Config.Flag("use_bias", true) ? layer.Variable("bias", units) : null;
        var output = layer.Emit(
            new MatrixProduct(),
            [.. input.Shape.SkipLast(1), units],
            bias is null ? [input, kernel] : [input, kernel, bias]);
        return ActivationRules.Apply(layer, output, "activation");
    }
}

using System.Collections.Frozen;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Layers that apply another one.</summary>
internal static class WrapperRules
{
    /// <summary>Layers that do the same to every step when they get the sequence as a whole.</summary>
    private static readonly FrozenSet<string> WorkOnAnyRank = FrozenSet.ToFrozenSet(
        [
            "ActivityRegularization", "AlphaDropout", "Dense", "Dropout", "ELU", "GaussianDropout", "GaussianNoise", "LeakyReLU", "ReLU",
            "Rescaling",
        ],
        StringComparer.Ordinal);

    /// <summary>What normalises the kernel of the layer inside does so in training, and keeps it.</summary>
    public static IReadOnlyList<Value> SpectralNormalization(LayerContext layer)
    {
        if (layer.Layer.Wrapped is not [var inner])
        {
            throw new LayerNotSupportedException("its configuration lacks 'layer'");
        }

        layer.SkipVariable("vector_u", 1, Size(inner));
        return layer.Apply(inner, layer.Inputs);
    }

    /// <summary>Last size of the kernel or the table of a layer.</summary>
    private static int Size(KerasLayer layer) =>
        layer.Config.Whole("filters", layer.Config.Whole("units", layer.Config.Whole("output_dim", 1)));

    /// <summary>The layer inside sees every step as a sample of its own.</summary>
    public static IReadOnlyList<Value> TimeDistributed(LayerContext layer)
    {
        if (layer.Layer.Wrapped is not [var inner])
        {
            throw new LayerNotSupportedException("its configuration lacks 'layer'");
        }

        var input = layer.Inputs[0];
        if (input.Rank < 3)
        {
            throw new LayerNotSupportedException(
                $"its input has the shape {TensorShape.Text(input.Shape)} where batch, steps and more are expected");
        }

        var (batch, steps) = (input.Shape[0], input.Shape[1]);
        IReadOnlyList<Value> outputs;
        if (WorkOnAnyRank.Contains(inner.ClassName))
        {
            outputs = layer.Apply(inner, [input]);
        }
        else
        {
            var folded = layer.Emit(new Reshaping(), [checked(batch * steps), .. input.Shape.Skip(2)], input);
            outputs =
            [
                .. layer.Apply(inner, [folded])
                    .Select(output => layer.Emit(new Reshaping(), [batch, steps, .. output.Shape.Skip(1)], output)),
            ];
        }

        if (layer.Mask is { } mask)
        {
            foreach (var output in outputs)
            {
                layer.SetMask(output, mask);
            }
        }

        return outputs;
    }
}

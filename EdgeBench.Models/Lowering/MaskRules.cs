using System.Collections.Frozen;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>
/// Masks, which say what steps of a sequence count (batch, steps). Keras hands them on beside the tensors, from layer to layer, until one
/// looks at them.
/// </summary>
internal static class MaskRules
{
    /// <summary>Layers that hand the mask of what they are given on as it is: those of both generations that say they support
    /// masking, and that leave the steps where they are.</summary>
    private static readonly FrozenSet<string> HandOn = FrozenSet.ToFrozenSet(
        [
            "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "BatchNormalizationV1", "Dense", "Dropout", "ELU",
            "GaussianDropout", "GaussianNoise", "GroupNormalization", "Identity", "LayerNormalization", "LeakyReLU", "MultiHeadAttention",
            "PReLU", "RMSNormalization", "ReLU", "Softmax", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "ThresholdedReLU",
            "UnitNormalization",
        ],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> Merges = FrozenSet.ToFrozenSet(
        ["Add", "Average", "Concatenate", "Maximum", "Merge", "Minimum", "Multiply", "Subtract"], StringComparer.Ordinal);

    /// <summary>Makes steps zero in which all features have one value; they do not count further on.</summary>
    public static Value Masking(LayerContext layer)
    {
        var input = layer.Input;
        var value = layer.Constant("mask_value", layer.Config.Number("mask_value", 0));
        var differs = layer.Emit(new Comparison(ComparisonKind.NotEqual), input.Shape, input, value);
        IReadOnlyList<int> steps = [.. input.Shape.SkipLast(1)];
        var any = layer.Emit(new Reduction(Aggregate.Any, [input.Rank - 1], true), [.. steps, 1], differs);
        var output = layer.Emit(new Arithmetic(ArithmeticKind.Multiply), input.Shape, input, layer.Cast(any, ElementType.Float32));
        layer.SetMask(output, layer.Emit(new Reshaping(), steps, any));
        return output;
    }

    /// <summary>The mean of the steps that count.</summary>
    public static Value Average(LayerContext layer, Value sequence, Value mask, bool keepDimensions)
    {
        var counts = layer.Float(layer.ExpandDimensions(mask, [-1]));
        var sum = layer.Reduce(Aggregate.Sum, layer.Multiply(sequence, counts), [1], keepDimensions);
        return layer.Arithmetic(ArithmeticKind.Divide, sum, layer.Reduce(Aggregate.Sum, counts, [1], keepDimensions));
    }

    /// <summary>Gives the outputs of a layer the mask that they have by what it was given, where the layer has not done so.</summary>
    public static void HandDown(LayerContext layer, IReadOnlyList<Value> outputs)
    {
        if (layer.Inputs.Count == 0 || layer.MaskOf(outputs[0]) is not null)
        {
            return;
        }

        var mask = HandOn.Contains(layer.Layer.ClassName) ? layer.Mask
            : Merges.Contains(layer.Layer.ClassName) ? Merged(layer)
            : null;
        if (mask is not null && !layer.Layer.IsOperation)
        {
            layer.SetMask(outputs[0], mask);
        }
    }

    /// <summary>Where tensors meet, a step counts where it does in all (Keras 3: in any) of them; joined along the steps, so are the
    /// masks.</summary>
    private static Value? Merged(LayerContext layer)
    {
        var masks = layer.Inputs.Select(layer.MaskOf).ToList();
        var known = masks.OfType<Value>().Distinct().ToList();
        var joins = layer.Layer.ClassName == "Concatenate";
        if (joins && known.Count > 0 && TensorShape.Axis(layer.Config.Whole("axis", -1), layer.Inputs[0].Rank) == 1)
        {
            return masks.Contains(null)
                ? throw new LayerNotSupportedException("it joins sequences along their steps of which only some have a mask")
                : layer.Emit(
                    new Concatenation(1), [known[0].Shape[0], masks.Sum(mask => mask!.Shape[1]), .. known[0].Shape.Skip(2)],
                    [.. masks.OfType<Value>()]);
        }

        if (known.Count == 0 || (!joins && layer.KerasGeneration == 3 && masks.Contains(null)))
        {
            return null;
        }

        var kind = !joins && layer.KerasGeneration == 3 ? LogicKind.Or : LogicKind.And;
        return known.Skip(1).Aggregate(known[0], (left, right) => layer.Emit(
            new Logic(kind),
            MergeRules.Broadcast(left.Shape, right.Shape)
                ?? throw new LayerNotSupportedException("the masks of its inputs do not fit together"),
            left,
            right));
    }
}

using System.Collections.Frozen;
using EdgeBench.Models.Graphs;
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
        var isAny = layer.KerasGeneration == 3;
        if (known.Count == 0 || !layer.Writer.HandsMasksOfLists)
        {
            return null;
        }

        if (layer.Layer.ClassName == "Concatenate")
        {
            var rank = layer.Inputs[0].Rank;
            if (TensorShape.Axis(layer.Config.Whole("axis", -1), rank) is { } axis && axis < rank - 1)
            {
                return layer.Concatenate([.. layer.Inputs.Select((input, i) => masks[i] ?? Whole(layer, input))], axis);
            }

            if (isAny && masks.Contains(null))
            {
                return Whole(layer, layer.Inputs[0]);
            }
        }
        else if (isAny && masks.Contains(null))
        {
            return null;
        }

        return known.Skip(1).Aggregate(known[0], (left, right) => layer.Logic(isAny ? LogicKind.Or : LogicKind.And, left, right));
    }

    /// <summary>A mask by which every step counts.</summary>
    private static Value Whole(LayerContext layer, Value input)
    {
        int[] steps = [.. input.Shape.SkipLast(1)];
        return layer.ConstantOf("steps", steps, ElementType.Bool, [.. Enumerable.Repeat(1.0, (int)TensorShape.Count(steps))]);
    }
}

using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>Layers that join several tensors.</summary>
internal static class MergeRules
{
    public static Value Add(LayerContext layer) => Fold(layer, ArithmeticKind.Add);

    /// <summary>A step that a mask leaves out is no factor; where all leave it out, the product is 0.</summary>
    public static Value Multiply(LayerContext layer)
    {
        if (Masks(layer) is not { } masks)
        {
            return Fold(layer, ArithmeticKind.Multiply);
        }

        var product = layer.Inputs
            .Select((input, i) => masks[i] is { } mask ? layer.Select(mask, input, layer.Number(1, input.Type)) : input)
            .Aggregate((left, right) => layer.Arithmetic(ArithmeticKind.Multiply, left, right));
        return masks.Contains(null)
            ? product
            : layer.Select(
                masks.OfType<Value>().Aggregate((left, right) => layer.Logic(LogicKind.Or, left, right)), product,
                layer.Number(0, product.Type));
    }

    public static Value Maximum(LayerContext layer) => Choose(layer, ArithmeticKind.Maximum);

    public static Value Minimum(LayerContext layer) => Choose(layer, ArithmeticKind.Minimum);

    public static Value Average(LayerContext layer)
    {
        var sum = Fold(layer, ArithmeticKind.Add);
        return layer.Emit(new Arithmetic(ArithmeticKind.Divide), sum.Shape, sum, layer.Constant("count", layer.Inputs.Count));
    }

    public static Value Subtract(LayerContext layer) => layer.Inputs.Count == 2
        ? Fold(layer, ArithmeticKind.Subtract)
        : throw new LayerNotSupportedException($"it subtracts {layer.Inputs.Count} tensors where two are expected");

    public static Value Concatenate(LayerContext layer)
    {
        RequireSeveral(layer);
        var first = layer.Inputs[0];
        var wanted = layer.Config.Whole("axis", -1);
        if (TensorShape.Axis(wanted, first.Rank) is not (> 0 and var axis))
        {
            throw new LayerNotSupportedException($"joining along the axis {wanted} is not supported");
        }

        return layer.Concatenate(layer.Inputs, axis);
    }

    /// <summary>Shape of two tensors joined element by element; null where they do not fit.</summary>
    public static int[]? Broadcast(IReadOnlyList<int> left, IReadOnlyList<int> right)
    {
        var rank = Math.Max(left.Count, right.Count);
        var shape = new int[rank];
        for (var i = 1; i <= rank; i++)
        {
            var (a, b) = (i <= left.Count ? left[^i] : 1, i <= right.Count ? right[^i] : 1);
            if (a != b && a != 1 && b != 1)
            {
                return null;
            }

            shape[^i] = Math.Max(a, b);
        }

        return shape;
    }

    /// <summary>The greater or the lesser; at a step that a mask leaves out, what the others have.</summary>
    private static Value Choose(LayerContext layer, ArithmeticKind kind)
    {
        if (Masks(layer) is not { } masks)
        {
            return Fold(layer, kind);
        }

        var (chosen, seen) = (layer.Inputs[0], masks[0]);
        foreach (var (input, mask) in layer.Inputs.Zip(masks).Skip(1))
        {
            var other = mask is null ? input : layer.Select(mask, input, chosen);
            chosen = layer.Arithmetic(kind, seen is null ? chosen : layer.Select(seen, chosen, other), other);
            seen = mask is null || seen is null ? null : layer.Logic(LogicKind.Or, mask, seen);
        }

        return chosen;
    }

    /// <summary>The masks of the inputs, (batch, steps, 1), of which Keras 3 thinks where it multiplies or chooses; null where there are
    /// none, or where it forgets them, as it does when it gives an input more dimensions.</summary>
    private static List<Value?>? Masks(LayerContext layer)
    {
        RequireSeveral(layer);
        var masks = layer.Inputs.Select(input => layer.MaskOf(input) is { } mask ? layer.ExpandDimensions(mask, [-1]) : null).ToList();
        return layer.KerasGeneration == 3 && layer.Writer.HandsMasksOfLists && masks.Exists(mask => mask is not null)
            && layer.Inputs.All(input => input.Rank == layer.Inputs[0].Rank)
                ? masks
                : null;
    }

    private static Value Fold(LayerContext layer, ArithmeticKind kind)
    {
        RequireSeveral(layer);
        var rank = layer.Inputs.Max(input => input.Rank);
        var inputs = layer.Inputs.Select(input => Raised(layer, input, rank)).ToList();
        return inputs.Skip(1).Aggregate(inputs[0], (left, right) => Broadcast(left.Shape, right.Shape) is null
            ? throw new LayerNotSupportedException($"its inputs {Shapes(layer)} do not fit together")
            : layer.Arithmetic(kind, left, right));
    }

    /// <summary>Keras puts missing dimensions behind the batch.</summary>
    private static Value Raised(LayerContext layer, Value input, int rank) => input.Rank == rank || input.Rank == 0
        ? input
        : layer.Emit(new Reshaping(), [input.Shape[0], .. Enumerable.Repeat(1, rank - input.Rank), .. input.Shape.Skip(1)], input);

    private static void RequireSeveral(LayerContext layer)
    {
        if (layer.Inputs.Count < 2)
        {
            throw new LayerNotSupportedException($"it joins {layer.Inputs.Count} tensors where at least two are expected");
        }
    }

    private static string Shapes(LayerContext layer) => string.Join(", ", layer.Inputs.Select(input => TensorShape.Text(input.Shape)));
}

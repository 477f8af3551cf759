using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>Layers that move values about, or leave them alone.</summary>
internal static class StructureRules
{
    /// <summary>What acts in training only.</summary>
    public static Value Unchanged(LayerContext layer) => layer.Emit(new Identity(), layer.Input.Shape, layer.Input);

    public static Value Flatten(LayerContext layer)
    {
        Geometry.RequireChannelsLast(layer);
        var input = layer.Input;
        return layer.Emit(new Reshaping(), [input.Shape[0], checked((int)TensorShape.Count([.. input.Shape.Skip(1)]))], input);
    }

    public static Value Reshape(LayerContext layer)
    {
        var input = layer.Input;
        var target = layer.Config.WholeList("target_shape")
            ?? throw new LayerNotSupportedException("its configuration lacks 'target_shape'");
        var count = TensorShape.Count([.. input.Shape.Skip(1)]);
        var known = target.Where(size => size != -1).Aggregate(1L, (product, size) => checked(product * size));
        var unknown = target.Count(size => size == -1);
        if (known <= 0 || unknown > 1 || count % known != 0 || (unknown == 0 && count != known))
        {
            throw new LayerNotSupportedException(
                $"its input of the shape {TensorShape.Text(input.Shape)} does not fit into {TensorShape.Text(target)}");
        }

        return layer.Emit(new Reshaping(), [input.Shape[0], .. target.Select(size => size == -1 ? (int)(count / known) : size)], input);
    }

    /// <summary>The dimensions behind the batch in another order, counted from 1.</summary>
    public static Value Permute(LayerContext layer) => Own(
        layer, layer.Transpose(
            layer.Input, [0, .. layer.Config.WholeList("dims") ?? throw new LayerNotSupportedException("its configuration lacks 'dims'")]));

    /// <summary>A vector as so many equal rows.</summary>
    public static Value RepeatVector(LayerContext layer)
    {
        var input = layer.InputOfRank(2);
        return Own(
            layer, layer.Tile(layer.Reshape(input, [input.Shape[0], 1, input.Shape[1]]), [1, layer.Config.Whole("n"), 1]));
    }

    /// <summary>What a layer returns has to be its own.</summary>
    private static Value Own(LayerContext layer, Value value) => ReferenceEquals(value, layer.Input) ? layer.Same(value) : value;

    public static Value ZeroPadding2D(LayerContext layer)
    {
        Geometry.RequireChannelsLast(layer);
        var input = layer.InputOfRank(4);
        var numbers = layer.Config.Numbers("padding")?.Select(number => (int)number).ToArray() ?? [1];
        var (top, bottom, left, right) = numbers switch
        {
            [var all] => (all, all, all, all),
            [var height, var width] => (height, height, width, width),
            [var first, var second, var third, var fourth] => (first, second, third, fourth),
            _ => throw new LayerNotSupportedException("'padding' in its configuration is not 1, 2 or 2 x 2 whole numbers"),
        };
        if (numbers.Any(number => number < 0))
        {
            throw new LayerNotSupportedException("negative padding is not possible");
        }

        return layer.Emit(
            new Padding([0, top, left, 0], [0, bottom, right, 0]),
            [input.Shape[0], checked(input.Shape[1] + top + bottom), checked(input.Shape[2] + left + right), input.Shape[3]],
            input);
    }
}

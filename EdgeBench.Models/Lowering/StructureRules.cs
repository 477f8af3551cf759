using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>Layers that move values about, or leave them alone.</summary>
internal static class StructureRules
{
    /// <summary>What acts in training only.</summary>
    public static Value Unchanged(LayerContext layer) => layer.Emit(new Identity(), layer.Input.Shape, layer.Input);

    /// <summary>Of an image with the channels first Keras moves them to the end before.</summary>
    public static Value Flatten(LayerContext layer)
    {
        var input = ChannelsFirst.IsFirst(layer) && layer.Input.Rank > 2 ? ChannelsFirst.ToLast(layer, layer.Input) : layer.Input;
        return layer.Emit(new Reshaping(), [input.Shape[0], TensorShape.Joined(input.Shape.Skip(1))], input);
    }

    public static Value Reshape(LayerContext layer)
    {
        var input = layer.Input;
        var target = layer.Config.WholeList("target_shape")
            ?? throw new LayerNotSupportedException("its configuration lacks 'target_shape'");
        var count = TensorShape.Count(input.Shape.Skip(1));
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

    public static Value ZeroPadding(LayerContext layer, int dimensions)
    {
        var input = layer.InputOfRank(dimensions + 2);
        var (before, after) = Margins(layer, "padding", dimensions);
        int[] spatial = [.. Enumerable.Range(0, dimensions).Select(i => checked(input.Shape[i + 1] + before[i] + after[i]))];
        return layer.Emit(
            new Padding([0, .. before, 0], [0, .. after, 0]), [input.Shape[0], .. spatial, input.Shape[^1]], input);
    }

    public static Value Cropping(LayerContext layer, int dimensions)
    {
        var input = layer.InputOfRank(dimensions + 2);
        var (before, after) = Margins(layer, "cropping", dimensions);
        int[] spatial = [.. Enumerable.Range(0, dimensions).Select(i => input.Shape[i + 1] - before[i] - after[i])];
        return spatial.Any(size => size < 1)
            ? throw new LayerNotSupportedException($"it leaves nothing of its input of the shape {TensorShape.Text(input.Shape)}")
            : Cut(layer, input, before, spatial);
    }

    /// <summary>A box out of an image.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="image">Batch, spatial dimensions, channels.</param>
    /// <param name="begin">Place of its first element per spatial dimension.</param>
    /// <param name="size">Its sizes.</param>
    public static Value Cut(LayerContext layer, Value image, IReadOnlyList<int> begin, IReadOnlyList<int> size) =>
        size.SequenceEqual(image.Shape.Skip(1).SkipLast(1))
            ? image
            : layer.Emit(
                new Slicing([0, .. begin, 0], [image.Shape[0], .. size, image.Shape[^1]], [.. Enumerable.Repeat(1, image.Rank)], []),
                [image.Shape[0], .. size, image.Shape[^1]],
                image);

    /// <summary>What a key says of the sides of an image: one number for all, one per spatial dimension, or two, in front and behind. Over
    /// one dimension two numbers are the two sides.</summary>
    private static (int[] Before, int[] After) Margins(LayerContext layer, string key, int dimensions)
    {
        var numbers = layer.Config.Numbers(key)?.Select(number => (int)number).ToArray() ?? [1];
        if (numbers.Any(number => number < 0))
        {
            throw new LayerNotSupportedException($"a negative number in '{key}' is not possible");
        }

        if (numbers.Length == 2 * dimensions)
        {
            return ([.. numbers.Where((_, i) => i % 2 == 0)], [.. numbers.Where((_, i) => i % 2 == 1)]);
        }

        var sides = numbers.Length == 1 ? Enumerable.Repeat(numbers[0], dimensions).ToArray()
            : numbers.Length == dimensions ? numbers
            : throw new LayerNotSupportedException(
                $"'{key}' in its configuration is not 1, {dimensions} or {dimensions} x 2 whole numbers");
        return (sides, sides);
    }
}

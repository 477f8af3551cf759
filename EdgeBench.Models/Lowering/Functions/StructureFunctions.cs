using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Steps of a rule that move elements about. What leaves a tensor as it is adds no operator.</summary>
internal static class StructureFunctions
{
    /// <param name="layer">The layer.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="shape">The shape; -1 where the size follows from the others.</param>
    public static Value Reshape(this LayerContext layer, Value x, IReadOnlyList<int> shape)
    {
        var known = shape.Where(size => size != -1).Aggregate(1L, (product, size) => checked(product * size));
        var unknown = shape.Count(size => size == -1);
        if (known <= 0 || unknown > 1 || x.Count % known != 0 || (unknown == 0 && x.Count != known))
        {
            throw new LayerNotSupportedException(
                $"its input of the shape {TensorShape.Text(x.Shape)} does not fit into {TensorShape.Text(shape)}");
        }

        int[] whole = [.. shape.Select(size => size == -1 ? (int)(x.Count / known) : size)];
        return x.Shape.SequenceEqual(whole) ? x : layer.Emit(new Reshaping(), whole, x);
    }

    public static Value ExpandDimensions(this LayerContext layer, Value x, IReadOnlyList<int> axes)
    {
        var rank = x.Rank + axes.Count;
        var places = axes.Select(axis => TensorShape.Axis(axis, rank) ?? throw NoAxis(axis, rank)).ToHashSet();
        var sizes = new Queue<int>(x.Shape);
        return layer.Reshape(x, [.. Enumerable.Range(0, rank).Select(axis => places.Contains(axis) ? 1 : sizes.Dequeue())]);
    }

    /// <param name="layer">The layer.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">Axes of size 1; all of them but the batch where it is null.</param>
    public static Value Squeeze(this LayerContext layer, Value x, IReadOnlyList<int>? axes)
    {
        var gone = axes is null
            ? Enumerable.Range(1, Math.Max(x.Rank - 1, 0)).Where(axis => x.Shape[axis] == 1).ToHashSet()
            : axes.Select(axis => layer.Axis(x, axis)).ToHashSet();
        return gone.All(axis => x.Shape[axis] == 1)
            ? layer.Reshape(x, [.. x.Shape.Where((_, axis) => !gone.Contains(axis))])
            : throw new LayerNotSupportedException(
                $"axes of {TensorShape.Text(x.Shape)} that are longer than 1 cannot be taken out");
    }

    /// <param name="layer">The layer.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="order">The axis of the tensor that stands at each place; reversed where it is null.</param>
    public static Value Transpose(this LayerContext layer, Value x, IReadOnlyList<int>? order)
    {
        int[] whole = order is null ? [.. Enumerable.Range(0, x.Rank).Reverse()] : [.. order.Select(axis => layer.Axis(x, axis))];
        if (!whole.Order().SequenceEqual(Enumerable.Range(0, x.Rank)))
        {
            throw new LayerNotSupportedException(
                $"{TensorShape.Text(whole)} is no order of the axes of {TensorShape.Text(x.Shape)}");
        }

        return whole.SequenceEqual(Enumerable.Range(0, x.Rank))
            ? x
            : layer.Emit(new Transposition(whole), [.. whole.Select(axis => x.Shape[axis])], x);
    }

    /// <summary>An axis at another place, the others in their order.</summary>
    public static Value MoveAxis(this LayerContext layer, Value x, int from, int to)
    {
        var order = Enumerable.Range(0, x.Rank).ToList();
        order.Remove(layer.Axis(x, from));
        order.Insert(layer.Axis(x, to), layer.Axis(x, from));
        return layer.Transpose(x, order);
    }

    /// <param name="layer">The layer.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="begin">First place per axis.</param>
    /// <param name="sizes">Number of elements per axis.</param>
    /// <param name="strides">Step per axis; 1 where it is null.</param>
    /// <param name="dropped">Axes of one element that vanish; none where it is null.</param>
    public static Value Slice(
        this LayerContext layer, Value x, IReadOnlyList<int> begin, IReadOnlyList<int> sizes, IReadOnlyList<int>? strides = null,
        IReadOnlyList<int>? dropped = null)
    {
        strides ??= [.. Enumerable.Repeat(1, x.Rank)];
        dropped ??= [];
        for (var axis = 0; axis < x.Rank; axis++)
        {
            var last = begin[axis] + ((long)(sizes[axis] - 1) * strides[axis]);
            if (begin[axis] < 0 || begin[axis] >= x.Shape[axis] || last < 0 || last >= x.Shape[axis] || sizes[axis] < 1)
            {
                throw new LayerNotSupportedException(
                    $"a slice of {sizes[axis]} elements from {begin[axis]} along axis {axis} is not within {TensorShape.Text(x.Shape)}");
            }
        }

        int[] shape = [.. sizes.Where((_, axis) => !dropped.Contains(axis))];
        return sizes.SequenceEqual(x.Shape) && strides.All(stride => stride == 1)
            ? layer.Reshape(x, shape)
            : layer.Emit(new Slicing([.. begin], [.. sizes], [.. strides], [.. dropped]), shape, x);
    }

    /// <summary>Some neighbouring places along one axis.</summary>
    public static Value SliceAxis(this LayerContext layer, Value x, int axis, int begin, int size)
    {
        var (starts, sizes) = (new int[x.Rank], x.Shape.ToArray());
        (starts[axis], sizes[axis]) = (begin, size);
        return layer.Slice(x, starts, sizes);
    }

    public static Value Flip(this LayerContext layer, Value x, IReadOnlyList<int> axes)
    {
        var flipped = axes.Select(axis => layer.Axis(x, axis)).Where(axis => x.Shape[axis] > 1).ToHashSet();
        return layer.Slice(
            x,
            [.. x.Shape.Select((size, axis) => flipped.Contains(axis) ? size - 1 : 0)],
            x.Shape,
            [.. x.Shape.Select((_, axis) => flipped.Contains(axis) ? -1 : 1)]);
    }

    public static Value Concatenate(this LayerContext layer, IReadOnlyList<Value> values, int axis)
    {
        var alike = layer.Alike(values);
        if (alike.Count == 1)
        {
            return alike[0];
        }

        var place = layer.Axis(alike[0], axis);
        if (alike.Any(value => value.Rank != alike[0].Rank
            || Enumerable.Range(0, value.Rank).Any(i => i != place && value.Shape[i] != alike[0].Shape[i])))
        {
            throw new LayerNotSupportedException(
                $"its inputs {string.Join(", ", alike.Select(value => TensorShape.Text(value.Shape)))} do not fit together along the axis {place}");
        }

        var shape = alike[0].Shape.ToArray();
        shape[place] = alike.Aggregate(0, (sum, value) => checked(sum + value.Shape[place]));
        return layer.Emit(new Concatenation(place), shape, [.. alike]);
    }

    public static Value Stack(this LayerContext layer, IReadOnlyList<Value> values, int axis)
    {
        var alike = layer.Alike(values);
        var place = TensorShape.Axis(axis, alike[0].Rank + 1) ?? throw NoAxis(axis, alike[0].Rank + 1);
        if (alike.Any(value => !value.Shape.SequenceEqual(alike[0].Shape)))
        {
            throw new LayerNotSupportedException(
                $"tensors of the shapes {string.Join(", ", alike.Select(value => TensorShape.Text(value.Shape)))} cannot be stacked");
        }

        var shape = alike[0].Shape.ToList();
        shape.Insert(place, alike.Count);
        return layer.Emit(new Stacking(place), shape, [.. alike]);
    }

    /// <param name="layer">The layer.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="lengths">Lengths along the axis; together its size.</param>
    /// <param name="axis">The axis.</param>
    public static IReadOnlyList<Value> Split(this LayerContext layer, Value x, IReadOnlyList<int> lengths, int axis)
    {
        var place = layer.Axis(x, axis);
        if (lengths.Any(length => length < 1) || lengths.Sum() != x.Shape[place])
        {
            throw new LayerNotSupportedException(
                $"{TensorShape.Text(x.Shape)} cannot be split along axis {place} into {TensorShape.Text(lengths)}");
        }

        if (x.IsConstant)
        {
            return [.. lengths.Select((length, i) => layer.SliceAxis(x, place, lengths.Take(i).Sum(), length))];
        }

        return lengths.Count == 1
            ? [x]
            : layer.EmitSeveral(
                new Splitting(place),
                [.. lengths.Select(length => ((IReadOnlyList<int>)[.. x.Shape.Select((size, i) => i == place ? length : size)], x.Type))],
                x);
    }

    /// <summary>The slices along an axis, without it.</summary>
    public static IReadOnlyList<Value> Unstack(this LayerContext layer, Value x, int axis)
    {
        var place = layer.Axis(x, axis);
        int[] shape = [.. x.Shape.Where((_, i) => i != place)];
        return x.Shape[place] == 1 || x.IsConstant
            ? [.. Enumerable.Range(0, x.Shape[place]).Select(i => layer.Reshape(layer.SliceAxis(x, place, i, 1), shape))]
            : layer.EmitSeveral(
                new Unstacking(place), [.. Enumerable.Repeat(((IReadOnlyList<int>)shape, x.Type), x.Shape[place])], x);
    }

    public static Value Pad(this LayerContext layer, Value x, IReadOnlyList<int> before, IReadOnlyList<int> after, double value)
    {
        if (before.Concat(after).Any(size => size < 0))
        {
            throw new LayerNotSupportedException("negative padding is not possible");
        }

        return before.Concat(after).All(size => size == 0)
            ? x
            : layer.Emit(
                new Padding(before, after, (float)value),
                [.. x.Shape.Select((size, axis) => checked(size + before[axis] + after[axis]))], x);
    }

    /// <summary>Padding with elements of the tensor itself, in one of numpy's modes.</summary>
    public static Value PadWithItself(
        this LayerContext layer, Value x, IReadOnlyList<int> before, IReadOnlyList<int> after, string mode)
    {
        for (var axis = 0; axis < x.Rank; axis++)
        {
            var size = x.Shape[axis];
            var most = mode switch
            {
                "reflect" => size - 1,
                "symmetric" or "wrap" => size,
                "edge" => int.MaxValue,
                _ => throw new LayerNotSupportedException($"padding in the mode '{mode}' is not supported"),
            };
            if (before[axis] > most || after[axis] > most || before[axis] < 0 || after[axis] < 0)
            {
                throw new LayerNotSupportedException($"axis {axis} of {size} places cannot be padded in the mode '{mode}'");
            }

            if (before[axis] + after[axis] > 0)
            {
                x = layer.Take(
                    x, Enumerable.Range(-before[axis], before[axis] + size + after[axis]).Select(place => Mirrored(place, size, mode)), axis);
            }
        }

        return x;
    }

    public static Value DepthToSpace(this LayerContext layer, Value x, int block) =>
        x.Rank == 4 && block > 1 && x.Shape[3] % (block * block) == 0
            ? layer.Emit(
                new DepthToSpace(block), [x.Shape[0], x.Shape[1] * block, x.Shape[2] * block, x.Shape[3] / (block * block)], x)
            : throw new LayerNotSupportedException(
                $"channels of {TensorShape.Text(x.Shape)} cannot be spread over blocks of {block} x {block}");

    public static Value SpaceToDepth(this LayerContext layer, Value x, int block) =>
        x.Rank == 4 && block > 1 && x.Shape[1] % block == 0 && x.Shape[2] % block == 0
            ? layer.Emit(
                new SpaceToDepth(block), [x.Shape[0], x.Shape[1] / block, x.Shape[2] / block, x.Shape[3] * block * block], x)
            : throw new LayerNotSupportedException(
                $"blocks of {block} x {block} of {TensorShape.Text(x.Shape)} cannot be gathered in channels");

    /// <summary>The tensor as a whole so many times per axis, of which there may be more than it has.</summary>
    public static Value Tile(this LayerContext layer, Value x, IReadOnlyList<int> multiples)
    {
        var rank = Math.Max(x.Rank, multiples.Count);
        int[] all = [.. Enumerable.Repeat(1, rank - multiples.Count), .. multiples];
        var raised = layer.Reshape(x, [.. Enumerable.Repeat(1, rank - x.Rank), .. x.Shape]);
        return all.All(multiple => multiple == 1)
            ? raised
            : layer.Emit(new Tile(all), [.. raised.Shape.Zip(all, (size, multiple) => checked(size * multiple))], raised);
    }

    public static Value BroadcastTo(this LayerContext layer, Value x, IReadOnlyList<int> shape)
    {
        if (MergeRules.Broadcast(x.Shape, shape) is not { } whole || !whole.SequenceEqual(shape))
        {
            throw new LayerNotSupportedException(
                $"a tensor of the shape {TensorShape.Text(x.Shape)} cannot be repeated to {TensorShape.Text(shape)}");
        }

        int[] raised = [.. Enumerable.Repeat(1, shape.Count - x.Rank), .. x.Shape];
        return layer.Tile(x, [.. shape.Zip(raised, (size, own) => size / own)]);
    }

    /// <summary>Slices at places along an axis that are known.</summary>
    public static Value Take(this LayerContext layer, Value x, IEnumerable<int> places, int axis)
    {
        int[] all = [.. places];
        var indices = layer.ConstantOf("places", [all.Length], ElementType.Int32, Array.ConvertAll(all, place => (double)place));
        return layer.Gather(x, indices, axis);
    }

    public static Value Gather(this LayerContext layer, Value x, Value indices, int axis)
    {
        var place = layer.Axis(x, axis);
        var size = x.Shape[place];
        if (indices.IsConstant)
        {
            var values = Array.ConvertAll(indices.Exact(), index => index < 0 ? index + size : index);
            if (Array.Exists(values, index => index < 0 || index >= size))
            {
                throw new LayerNotSupportedException($"it takes places beyond the {size} of axis {place}");
            }

            indices = layer.ConstantOf("places", indices.Shape, ElementType.Int32, values);
        }
        else if (indices.Type is not (ElementType.Int32 or ElementType.Int64))
        {
            indices = layer.Cast(indices, ElementType.Int32);
        }

        return layer.Emit(new Gather(place), [.. x.Shape.Take(place), .. indices.Shape, .. x.Shape.Skip(place + 1)], x, indices);
    }

    /// <summary>Every slice along an axis several times, one behind the other.</summary>
    public static Value Repeat(this LayerContext layer, Value x, IReadOnlyList<int> counts, int axis)
    {
        var place = layer.Axis(x, axis);
        var each = counts.Count == 1 ? [.. Enumerable.Repeat(counts[0], x.Shape[place])] : counts;
        return each.Count == x.Shape[place] && each.All(count => count >= 0)
            ? layer.Take(x, each.SelectMany((count, index) => Enumerable.Repeat(index, count)), place)
            : throw new LayerNotSupportedException($"{each.Count} counts do not fit the {x.Shape[place]} places of axis {place}");
    }

    public static Value Roll(this LayerContext layer, Value x, int shift, int axis)
    {
        var place = layer.Axis(x, axis);
        var size = x.Shape[place];
        return layer.Take(x, Enumerable.Range(0, size).Select(index => (((index - shift) % size) + size) % size), place);
    }

    private static IReadOnlyList<Value> Alike(this LayerContext layer, IReadOnlyList<Value> values)
    {
        if (values.Count == 0)
        {
            throw new LayerNotSupportedException("it joins no tensors");
        }

        var type = values.Aggregate(values[0], (left, right) => ElementFunctions.TypeOf(left, right) == left.Type ? left : right).Type;
        return [.. values.Select(value => layer.Cast(value, type))];
    }

    /// <summary>Where an element beyond the ends comes from.</summary>
    private static int Mirrored(int place, int size, string mode) => mode switch
    {
        "edge" => Math.Clamp(place, 0, size - 1),
        "wrap" => (place + size) % size,
        "reflect" => place < 0 ? -place : place >= size ? (2 * size) - 2 - place : place,
        _ => place < 0 ? -1 - place : place >= size ? (2 * size) - 1 - place : place,
    };

    private static LayerNotSupportedException NoAxis(int axis, int rank) => new($"a tensor of {rank} dimensions has no axis {axis}");
}

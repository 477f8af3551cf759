using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>One entry between the brackets of <c>x[...]</c>.</summary>
internal abstract record IndexItem
{
    private IndexItem()
    {
    }

    /// <summary><c>start:stop:step</c>; null where it is left out.</summary>
    internal sealed record Range(int? Start, int? Stop, int? Step) : IndexItem;

    /// <summary>One place, whose axis vanishes.</summary>
    internal sealed record Place(int Index) : IndexItem;

    /// <summary>A new axis of size 1.</summary>
    internal sealed record NewAxis : IndexItem;

    /// <summary>As many whole axes as the other entries leave.</summary>
    internal sealed record Ellipsis : IndexItem;

    /// <summary>Places in a tensor of whole numbers.</summary>
    internal sealed record Places(Value Indices) : IndexItem;
}

/// <summary>Elements of a tensor by their places, as Python and numpy write it.</summary>
internal static class Indexing
{
    public static Value Index(this LayerContext layer, Value x, IReadOnlyList<IndexItem> items)
    {
        var (begin, sizes, strides) = (new int[x.Rank], x.Shape.ToArray(), Enumerable.Repeat(1, x.Rank).ToArray());
        var shape = new List<int>();
        var (axis, dropped, gathered) = (0, new List<int>(), new List<(int Axis, Value Indices)>());
        foreach (var item in Complete(items, x.Rank))
        {
            if (item is IndexItem.NewAxis)
            {
                shape.Add(1);
                continue;
            }

            var size = x.Shape[axis];
            switch (item)
            {
                case IndexItem.Range range:
                    (begin[axis], sizes[axis], strides[axis]) = Resolve(range, size);
                    shape.Add(sizes[axis]);
                    break;
                case IndexItem.Place place:
                    begin[axis] = place.Index < 0 ? place.Index + size : place.Index;
                    sizes[axis] = 1;
                    dropped.Add(axis);
                    break;
                case IndexItem.Places places:
                    gathered.Add((shape.Count, places.Indices));
                    shape.Add(size);
                    break;
            }

            axis++;
        }

        var sliced = layer.Reshape(layer.Slice(x, begin, sizes, strides, dropped), shape);
        return gathered switch
        {
            [] => sliced,
            [var only] => layer.Gather(sliced, only.Indices, only.Axis),
            _ => throw new LayerNotSupportedException("it takes places along several axes at once, which is not supported"),
        };
    }

    /// <summary>The entries with an ellipsis written out, one per axis of the tensor beside the new ones.</summary>
    private static List<IndexItem> Complete(IReadOnlyList<IndexItem> items, int rank)
    {
        var taken = items.Count(item => item is not (IndexItem.NewAxis or IndexItem.Ellipsis));
        if (taken > rank || items.Count(item => item is IndexItem.Ellipsis) > 1)
        {
            throw new LayerNotSupportedException($"it takes places along {taken} axes of a tensor that has {rank}");
        }

        var whole = Enumerable.Repeat(new IndexItem.Range(null, null, null), rank - taken);
        var ellipsis = items.ToList().FindIndex(item => item is IndexItem.Ellipsis);
        return ellipsis < 0 ? [.. items, .. whole] : [.. items.Take(ellipsis), .. whole, .. items.Skip(ellipsis + 1)];
    }

    /// <summary>Python's rule: negative places count from the end, and what is beyond it is cut off.</summary>
    private static (int Begin, int Size, int Stride) Resolve(IndexItem.Range range, int size)
    {
        var step = range.Step ?? 1;
        if (step == 0)
        {
            throw new LayerNotSupportedException("a slice with a step of 0 is not possible");
        }

        var (least, most) = step > 0 ? (0, size) : (-1, size - 1);
        var start = range.Start is { } first ? Math.Clamp(first < 0 ? first + size : first, least, most) : step > 0 ? 0 : size - 1;
        var stop = range.Stop is { } end ? Math.Clamp(end < 0 ? end + size : end, least, most) : step > 0 ? size : -1;
        var count = step > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step;
        return count > 0
            ? (start, count, step)
            : throw new LayerNotSupportedException($"a slice from {range.Start} to {range.Stop} of {size} places has no elements");
    }
}

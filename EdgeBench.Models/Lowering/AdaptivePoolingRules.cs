using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Pooling to a given size: element i of n covers the input from floor(i m / n) to ceil((i + 1) m / n), where m is its
/// size.</summary>
internal static class AdaptivePoolingRules
{
    /// <summary>Windows of unequal sizes are sums with weights, separable as those of an interpolation.</summary>
    public static Value Average(LayerContext layer, int dimensions)
    {
        var (input, size) = Sizes(layer, dimensions);
        return size.Select((to, i) => input.Shape[i + 1] % to).All(rest => rest == 0)
            ? Pool(layer, input, Aggregate.Average, size, [.. size.Select((to, i) => input.Shape[i + 1] / to)])
            : layer.Emit(
                new Resampling(Interpolation.Weighted, HalfPixelCenters: true),
                [input.Shape[0], .. size, input.Shape[^1]],
                [input, .. size.Select((to, i) => layer.Constant($"weights_{i}", [to, input.Shape[i + 1]], Means(input.Shape[i + 1], to)))]);
    }

    /// <summary>Windows of unequal sizes are made equal: the last element of a short one is gathered again.</summary>
    public static Value Maximum(LayerContext layer, int dimensions)
    {
        var (image, size) = Sizes(layer, dimensions);
        var windows = new int[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            var (from, to) = (image.Shape[i + 1], size[i]);
            windows[i] = Enumerable.Range(0, to).Max(place => End(place, from, to) - Begin(place, from, to));
            if (from % to != 0)
            {
                var places = Enumerable.Range(0, to).SelectMany(place => Enumerable.Range(Begin(place, from, to), windows[i])
                    .Select(at => (double)Math.Min(at, End(place, from, to) - 1))).ToArray();
                var gathered = image.Shape.ToArray();
                gathered[i + 1] = places.Length;
                image = layer.Emit(
                    new Gather(i + 1), gathered, image, Value.Of($"places_{i}", [places.Length], ElementType.Int32, places));
            }
        }

        return Pool(layer, image, Aggregate.Maximum, size, windows);
    }

    private static (Value Input, int[] Size) Sizes(LayerContext layer, int dimensions)
    {
        var input = layer.InputOfRank(dimensions + 2);
        var size = layer.Config.Wholes("output_size", dimensions);
        return Array.Exists(size, to => to < 1)
            ? throw new LayerNotSupportedException($"an output of the size {TensorShape.Text(size)} is not possible")
            : (input, size);
    }

    private static Value Pool(LayerContext layer, Value image, Aggregate aggregate, int[] size, int[] windows)
    {
        int[] none = new int[size.Length];
        var window = new Window(windows, [.. none.Select(_ => 1)], none, none);
        return layer.Emit(new Pooling(aggregate, windows, window), [image.Shape[0], .. size, image.Shape[^1]], image);
    }

    private static double[] Means(int from, int to)
    {
        var weights = new double[to * from];
        for (var place = 0; place < to; place++)
        {
            var (begin, end) = (Begin(place, from, to), End(place, from, to));
            weights.AsSpan((place * from) + begin, end - begin).Fill(1.0 / (end - begin));
        }

        return weights;
    }

    private static int Begin(int place, int from, int to) => (int)((long)place * from / to);

    private static int End(int place, int from, int to) => (int)((((long)(place + 1) * from) + to - 1) / to);
}

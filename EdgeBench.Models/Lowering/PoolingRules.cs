using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Lowering;

/// <summary>Pooling over one, two or three spatial dimensions.</summary>
internal static class PoolingRules
{
    public static Value Maximum(LayerContext layer, int dimensions) => Pool(layer, dimensions, Aggregate.Maximum);

    public static Value Average(LayerContext layer, int dimensions) => Pool(layer, dimensions, Aggregate.Average);

    public static Value GlobalMaximum(LayerContext layer, int dimensions) => Reduce(layer, dimensions, Aggregate.Maximum);

    public static Value GlobalAverage(LayerContext layer, int dimensions) => Reduce(layer, dimensions, Aggregate.Average);

    private static Value Pool(LayerContext layer, int dimensions, Aggregate aggregate)
    {
        const int DefaultSize = 2;
        var input = layer.InputOfRank(dimensions + 2);
        var size = layer.Config.Wholes("pool_size", dimensions, Enumerable.Repeat(DefaultSize, dimensions).ToArray());
        var strides = layer.Config.Wholes("strides", dimensions, size);
        var (window, output) = Geometry.Place(
            layer, input, size, strides, Enumerable.Repeat(1, dimensions).ToArray(), isPooling: true);
        return layer.Emit(new Pooling(aggregate, size, window), [input.Shape[0], .. output, input.Shape[^1]], input);
    }

    private static Value Reduce(LayerContext layer, int dimensions, Aggregate aggregate)
    {
        var input = layer.InputOfRank(dimensions + 2);
        var keep = layer.Config.Flag("keepdims", false);
        if (dimensions == 1 && aggregate == Aggregate.Average && layer.Mask is { } mask)
        {
            return MaskRules.Average(layer, input, mask, keep);
        }

        IEnumerable<int> spatial = keep ? Enumerable.Repeat(1, dimensions) : [];
        int[] axes = [.. Enumerable.Range(1, dimensions)];
        return layer.Emit(new Reduction(aggregate, axes, keep), [input.Shape[0], .. spatial, input.Shape[^1]], input);
    }
}

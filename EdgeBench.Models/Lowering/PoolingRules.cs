using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Lowering;

/// <summary>Pooling over images.</summary>
internal static class PoolingRules
{
    private static readonly int[] One = [1, 1];
    private static readonly int[] SpatialAxes = [1, 2];

    public static Value Maximum2D(LayerContext layer) => Pool(layer, Aggregate.Maximum);

    public static Value Average2D(LayerContext layer) => Pool(layer, Aggregate.Average);

    public static Value GlobalMaximum2D(LayerContext layer) => Reduce(layer, Aggregate.Maximum);

    public static Value GlobalAverage2D(LayerContext layer) => Reduce(layer, Aggregate.Average);

    private static Value Pool(LayerContext layer, Aggregate aggregate)
    {
        Geometry.RequireChannelsLast(layer);
        var input = layer.InputOfRank(4);
        var size = layer.Config.Wholes("pool_size", 2, [2, 2]);
        var strides = layer.Config.Wholes("strides", 2, size);
        var (window, output) = Geometry.Place(layer, input, size, strides, One);
        return layer.Emit(new Pooling(aggregate, size, window), [input.Shape[0], output[0], output[1], input.Shape[3]], input);
    }

    private static Value Reduce(LayerContext layer, Aggregate aggregate)
    {
        Geometry.RequireChannelsLast(layer);
        var input = layer.InputOfRank(4);
        var keep = layer.Config.Flag("keepdims", false);
        int[] shape = keep ? [input.Shape[0], 1, 1, input.Shape[3]] : [input.Shape[0], input.Shape[3]];
        return layer.Emit(new Reduction(aggregate, SpatialAxes, keep), shape, input);
    }
}

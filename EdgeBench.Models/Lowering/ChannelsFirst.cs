using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>
/// Layers over images with the channels before the spatial dimensions. Such a layer sees its image with the channels last, between two
/// transpositions; those of neighbours cancel (<see cref="Passes.MoveTranspositions"/>).
/// </summary>
internal static class ChannelsFirst
{
    /// <summary>Lowers a layer whose <c>data_format</c> counts.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="dimensions">Number of spatial dimensions.</param>
    /// <param name="rule">Its rule for channels last.</param>
    public static Value Lower(LayerContext layer, int dimensions, Func<LayerContext, int, Value> rule)
    {
        if (!IsFirst(layer))
        {
            return rule(layer, dimensions);
        }

        var input = layer.InputOfRank(dimensions + 2);
        var output = rule(layer.WithChannelsLast(ToLast(layer, input)), dimensions);
        return output.Rank == input.Rank ? ToFirst(layer, output) : output;
    }

    /// <summary>Whether the layer's configuration says so.</summary>
    public static bool IsFirst(LayerContext layer) => layer.Config.Text("data_format") switch
    {
        null or "channels_last" => false,
        "channels_first" => true,
        var format => throw new LayerNotSupportedException($"data_format '{format}' is not one of Keras; build the model with channels_last"),
    };

    /// <summary>(batch, channels, spatial...) as (batch, spatial..., channels).</summary>
    public static Value ToLast(LayerContext layer, Value image) =>
        Transpose(layer, image, [0, .. Enumerable.Range(2, image.Rank - 2), 1]);

    /// <summary>(batch, spatial..., channels) as (batch, channels, spatial...).</summary>
    public static Value ToFirst(LayerContext layer, Value image) =>
        Transpose(layer, image, [0, image.Rank - 1, .. Enumerable.Range(1, image.Rank - 2)]);

    private static Value Transpose(LayerContext layer, Value image, int[] order) =>
        layer.Emit(new Transposition(order), [.. order.Select(axis => image.Shape[axis])], image);
}

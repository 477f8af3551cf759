using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Transposed convolutions over one, two or three spatial dimensions.</summary>
internal static class TransposedConvolutionRules
{
    public static Value Convolution(LayerContext layer, int dimensions)
    {
        var input = layer.InputOfRank(dimensions + 2);
        if (layer.Config.Whole("groups", 1) != 1)
        {
            throw new LayerNotSupportedException("a transposed convolution in groups is not supported; leave groups at 1");
        }

        var filters = layer.Config.Whole("filters");
        var size = layer.Config.Wholes("kernel_size", dimensions);
        var ones = Enumerable.Repeat(1, dimensions).ToArray();
        var (window, output) = Geometry.PlaceTransposed(
            layer, input, size, layer.Config.Wholes("strides", dimensions, ones), layer.Config.Wholes("dilation_rate", dimensions, ones));
        var kernel = layer.Variable("kernel", [.. size, filters, input.Shape[^1]]).WithLastExchanged();
        var image = layer.Emit(
            new TransposedConvolution(window),
            [input.Shape[0], .. output, filters],
            layer.Config.Flag("use_bias", true) ? [input, kernel, layer.Variable("bias", filters)] : [input, kernel]);
        return ActivationRules.Apply(layer, image, "activation");
    }
}

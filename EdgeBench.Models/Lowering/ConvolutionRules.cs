using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Convolutions over one, two or three spatial dimensions.</summary>
internal static class ConvolutionRules
{
    public static Value Convolution(LayerContext layer, int dimensions)
    {
        var input = layer.InputOfRank(dimensions + 2);
        var channels = input.Shape[^1];
        var filters = layer.Config.Whole("filters");
        var groups = layer.Config.Whole("groups", 1);
        if (groups < 1 || channels % groups != 0 || filters % groups != 0)
        {
            throw new LayerNotSupportedException($"{channels} channels and {filters} filters cannot be divided into {groups} groups");
        }

        var size = layer.Config.Wholes("kernel_size", dimensions);
        var kernel = layer.Variable("kernel", [.. size, channels / groups, filters]);
        var image = Convolve(layer, input, kernel, groups, size, UseBias(layer) ? layer.Variable("bias", filters) : null);
        return ActivationRules.Apply(layer, image, "activation");
    }

    public static Value Depthwise(LayerContext layer, int dimensions)
    {
        var input = layer.InputOfRank(dimensions + 2);
        RefuseGroups(layer);
        var (kernel, size, filters) = DepthwiseKernel(layer, input, dimensions);
        var image = Convolve(layer, input, kernel, input.Shape[^1], size, UseBias(layer) ? layer.Variable("bias", filters) : null);
        return ActivationRules.Apply(layer, image, "activation");
    }

    public static Value Separable(LayerContext layer, int dimensions)
    {
        var input = layer.InputOfRank(dimensions + 2);
        RefuseGroups(layer);
        var filters = layer.Config.Whole("filters");
        var (depthwise, size, between) = DepthwiseKernel(layer, input, dimensions);
        var ones = Ones(dimensions);
        var pointwise = layer.Variable("pointwise_kernel", [.. ones, between, filters]);
        var bias = UseBias(layer) ? layer.Variable("bias", filters) : null;
        var image = Convolve(layer, input, depthwise, input.Shape[^1], size, null);
        var output = layer.Emit(
            new Convolution(new Window(ones, ones, new int[dimensions], new int[dimensions]), 1),
            [.. image.Shape.SkipLast(1), filters],
            bias is null ? [image, pointwise] : [image, pointwise, bias]);
        return ActivationRules.Apply(layer, output, "activation");
    }

    /// <summary>The kernel (spatial..., channels, multiplier) seen as one of a convolution in as many groups as there are channels: the
    /// same values in the same order.</summary>
    private static (Value Kernel, int[] Size, int Filters) DepthwiseKernel(LayerContext layer, Value input, int dimensions)
    {
        var channels = input.Shape[^1];
        var multiplier = layer.Config.Whole("depth_multiplier", 1);
        var size = layer.Config.Wholes("kernel_size", dimensions);
        var stored = layer.Variable("depthwise_kernel", [.. size, channels, multiplier]);
        return (stored.Reshaped([.. size, 1, channels * multiplier]), size, channels * multiplier);
    }

    private static Value Convolve(LayerContext layer, Value input, Value kernel, int groups, int[] size, Value? bias)
    {
        var strides = layer.Config.Wholes("strides", size.Length, Ones(size.Length));
        var dilations = layer.Config.Wholes("dilation_rate", size.Length, Ones(size.Length));
        var (window, output) = Geometry.Place(layer, input, size, strides, dilations);
        return layer.Emit(
            new Convolution(window, groups),
            [input.Shape[0], .. output, kernel.Shape[^1]],
            bias is null ? [input, kernel] : [input, kernel, bias]);
    }

    private static void RefuseGroups(LayerContext layer)
    {
        if (layer.Config.Whole("groups", 1) != 1)
        {
            throw new LayerNotSupportedException("a depthwise convolution in groups is not supported; leave groups at 1");
        }
    }

    private static int[] Ones(int count) => Enumerable.Repeat(1, count).ToArray();

    private static bool UseBias(LayerContext layer) => layer.Config.Flag("use_bias", true);
}

using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Convolutions over images.</summary>
internal static class ConvolutionRules
{
    private static readonly int[] One = [1, 1];

    public static Value Conv2D(LayerContext layer)
    {
        var input = Image(layer);
        var channels = input.Shape[3];
        var filters = layer.Config.Whole("filters");
        var groups = layer.Config.Whole("groups", 1);
        if (groups < 1 || channels % groups != 0 || filters % groups != 0)
        {
            throw new LayerNotSupportedException($"{channels} channels and {filters} filters cannot be divided into {groups} groups");
        }

        var size = layer.Config.Wholes("kernel_size", 2);
        var kernel = layer.Variable("kernel", size[0], size[1], channels / groups, filters);
        var image = Convolve(layer, input, kernel, groups, size, UseBias(layer) ? layer.Variable("bias", filters) : null);
        return ActivationRules.Apply(layer, image, "activation");
    }

    public static Value DepthwiseConv2D(LayerContext layer)
    {
        var input = Image(layer);
        if (layer.Config.Whole("groups", 1) != 1)
        {
            throw new LayerNotSupportedException("a depthwise convolution in groups is not supported; leave groups at 1");
        }

        var (kernel, size, filters) = DepthwiseKernel(layer, input);
        var image = Convolve(layer, input, kernel, input.Shape[3], size, UseBias(layer) ? layer.Variable("bias", filters) : null);
        return ActivationRules.Apply(layer, image, "activation");
    }

    public static Value SeparableConv2D(LayerContext layer)
    {
        var input = Image(layer);
        var filters = layer.Config.Whole("filters");
        var (depthwise, size, between) = DepthwiseKernel(layer, input);
        var pointwise = layer.Variable("pointwise_kernel", 1, 1, between, filters);
        var bias = UseBias(layer) ? layer.Variable("bias", filters) : null;
        var image = Convolve(layer, input, depthwise, input.Shape[3], size, null);
        var output = layer.Emit(
            new Convolution(new Window(One, One, [0, 0], [0, 0]), 1),
            [image.Shape[0], image.Shape[1], image.Shape[2], filters],
            bias is null ? [image, pointwise] : [image, pointwise, bias]);
        return ActivationRules.Apply(layer, output, "activation");
    }

    /// <summary>The kernel (height, width, channels, multiplier) seen as one of a convolution in as many groups as there are channels: the
    /// same values in the same order.</summary>
    private static (Value Kernel, int[] Size, int Filters) DepthwiseKernel(LayerContext layer, Value input)
    {
        var channels = input.Shape[3];
        var multiplier = layer.Config.Whole("depth_multiplier", 1);
        var size = layer.Config.Wholes("kernel_size", 2);
        var stored = layer.Variable("depthwise_kernel", size[0], size[1], channels, multiplier);
        return (stored.Reshaped([size[0], size[1], 1, channels * multiplier]), size, channels * multiplier);
    }

    private static Value Convolve(LayerContext layer, Value input, Value kernel, int groups, int[] size, Value? bias)
    {
        var strides = layer.Config.Wholes("strides", 2, One);
        var dilations = layer.Config.Wholes("dilation_rate", 2, One);
        var (window, output) = Geometry.Place(layer, input, size, strides, dilations);
        return layer.Emit(
            new Convolution(window, groups),
            [input.Shape[0], output[0], output[1], kernel.Shape[3]],
            bias is null ? [input, kernel] : [input, kernel, bias]);
    }

    private static Value Image(LayerContext layer)
    {
        Geometry.RequireChannelsLast(layer);
        return layer.InputOfRank(4);
    }

    private static bool UseBias(LayerContext layer) => layer.Config.Flag("use_bias", true);
}

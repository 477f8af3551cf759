using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using static EdgeBench.Models.Lowering.Functions.NamedFunction;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Functions that move windows over images; channels last.</summary>
internal static class WindowTable
{
    private const string Input = "x|value|input|inputs|images|image";

    /// <summary>The functions.</summary>
    public static IReadOnlyList<NamedFunction> Functions { get; } =
    [
        Of("avg_pool avg_pool1d avg_pool2d avg_pool3d average_pool", (layer, call) => Pool(layer, call, Aggregate.Average)),
        Of("max_pool max_pool1d max_pool2d max_pool3d", (layer, call) => Pool(layer, call, Aggregate.Maximum)),
        Of("conv conv1d conv2d conv3d", (layer, call) => Convolve(layer, call, isDepthwise: false)),
        Of("depthwise_conv depthwise_conv2d depthwise_conv2d_native", (layer, call) => Convolve(layer, call, isDepthwise: true)),
        Of("extract_patches extract_image_patches", Patches),
    ];

    /// <summary>The images that a function is called with.</summary>
    public static Value Image(this LayerContext layer, Arguments call)
    {
        var x = layer.Float(call.Tensor(Input, 0));
        return call.Text("data_format") is null or "NHWC" or "NWC" or "NDHWC" or "channels_last" && x.Rank is >= 3 and <= 5
            ? x
            : throw new LayerNotSupportedException(
                $"only images with the channels last are supported, and its input is {TensorShape.Text(x.Shape)}");
    }

    private static Value Pool(LayerContext layer, Arguments call, Aggregate aggregate)
    {
        var x = layer.Image(call);
        var size = OverSpace(call.RequiredWholes("ksize|pool_size", 1), x.Rank - 2);
        var strides = call.Wholes("strides", 2) is { } given ? OverSpace(given, size.Length) : size;
        var (window, output) = Geometry.Place(
            layer, x, size, strides, [.. size.Select(_ => 1)], call.Text("padding", 3) ?? "valid");
        return layer.Emit(new Pooling(aggregate, size, window), [x.Shape[0], .. output, x.Shape[^1]], x);
    }

    /// <summary>A convolution with a kernel that is known: as a function has none of its own, it stands in the call.</summary>
    private static Value Convolve(LayerContext layer, Arguments call, bool isDepthwise)
    {
        var (x, kernel) = (layer.Image(call), layer.Float(call.Tensor("filters|filter|kernel", 1)));
        var dimensions = x.Rank - 2;
        var groups = !kernel.IsConstant || kernel.Rank != x.Rank || x.Shape[^1] % kernel.Shape[^2] != 0 ? 0
            : isDepthwise ? x.Shape[^1]
            : x.Shape[^1] / kernel.Shape[^2];
        if (groups == 0 || (isDepthwise ? kernel.Shape[^2] != groups : kernel.Shape[^1] % groups != 0))
        {
            throw new LayerNotSupportedException(
                $"its kernel {TensorShape.Text(kernel.Shape)} is no constant, or does not fit {TensorShape.Text(x.Shape)}");
        }

        if (isDepthwise)
        {
            kernel = kernel.Reshaped([.. kernel.Shape.Take(dimensions), 1, groups * kernel.Shape[^1]]);
        }

        return Convolve(
            layer, x, kernel, groups, OverSpace(call.Wholes("strides|stride", 2) ?? [1], dimensions),
            OverSpace(call.Wholes("dilations|dilation_rate", 5) ?? [1], dimensions), call.Text("padding", 3) ?? "valid");
    }

    private static Value Convolve(
        LayerContext layer, Value x, Value kernel, int groups, int[] strides, int[] dilations, string padding)
    {
        var (window, output) = Geometry.Place(layer, x, [.. kernel.Shape.Take(strides.Length)], strides, dilations, padding);
        return layer.Emit(new Convolution(window, groups), [x.Shape[0], .. output, kernel.Shape[^1]], x, kernel);
    }

    /// <summary>What a window sees at every place, in the order row, column, channel, as channels: squares that lie side by side as blocks,
    /// others by a convolution with ones and zeros.</summary>
    private static Value Patches(LayerContext layer, Arguments call)
    {
        var x = layer.Image(call);
        if (x.Rank != 4)
        {
            throw new LayerNotSupportedException($"its input {TensorShape.Text(x.Shape)} is no batch of images");
        }

        var size = OverSpace(call.RequiredWholes("sizes|ksizes|size", 1), 2);
        var strides = call.Wholes("strides", 2) is { } given ? OverSpace(given, 2) : size;
        var dilations = OverSpace(call.Wholes("rates|dilation_rate", 3) ?? [1], 2);
        var padding = call.Text("padding", 4) ?? "valid";
        if (size.SequenceEqual(strides) && size[0] == size[1] && size[0] > 1 && dilations is [1, 1]
            && x.Shape[1] % size[0] == 0 && x.Shape[2] % size[0] == 0)
        {
            return layer.SpaceToDepth(x, size[0]);
        }

        var count = TensorShape.Joined(size.Append(x.Shape[3]));
        var places = new float[checked(count * count)];
        for (var i = 0; i < count; i++)
        {
            places[(i * count) + i] = 1;
        }

        return Convolve(
            layer, x, layer.Constant("places", [.. size, x.Shape[3], count], places), 1, strides, dilations,
            padding);
    }

    /// <summary>One number for all spatial dimensions, one for each, or one for every dimension.</summary>
    private static int[] OverSpace(int[] numbers, int dimensions) => numbers.Length switch
    {
        1 => [.. Enumerable.Repeat(numbers[0], dimensions)],
        _ when numbers.Length == dimensions => numbers,
        _ when numbers.Length == dimensions + 2 && numbers[0] == 1 && numbers[^1] == 1 => numbers[1..^1],
        _ => throw new LayerNotSupportedException($"{TensorShape.Text(numbers)} does not fit an image of {dimensions} dimensions"),
    };
}

using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using static EdgeBench.Models.Lowering.Functions.NamedFunction;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Functions that move windows over images, or give them other sizes; channels last.</summary>
internal static class ImageTable
{
    private const string Input = "x|value|input|inputs|images|image";

    /// <summary>The functions.</summary>
    public static IReadOnlyList<NamedFunction> Functions { get; } =
    [
        Of("avg_pool avg_pool1d avg_pool2d avg_pool3d average_pool", (layer, call) => Pool(layer, call, Aggregate.Average)),
        Of("max_pool max_pool1d max_pool2d max_pool3d", (layer, call) => Pool(layer, call, Aggregate.Maximum)),
        Of("resize", (layer, call) => Resize(
            layer, call, call.Text("method|interpolation", 2) ?? "bilinear", call.Flag("antialias"))),
        Of("resize_bilinear", (layer, call) => Resize(layer, call, "bilinear", antialias: false)),
        Of("resize_nearest_neighbor", (layer, call) => Resize(layer, call, "nearest", antialias: false)),
        Of("resize_bicubic", (layer, call) => Resize(layer, call, "bicubic", antialias: false)),
        Of("resize_images", ResizeByFactors),
    ];

    private static Value X(LayerContext layer, Arguments call)
    {
        var x = layer.Float(call.Tensor(Input, 0));
        return call.Text("data_format") is null or "NHWC" or "NWC" or "NDHWC" or "channels_last" && x.Rank is >= 3 and <= 5
            ? x
            : throw new LayerNotSupportedException(
                $"only images with the channels last are supported, and its input is {TensorShape.Text(x.Shape)}");
    }

    private static Value Pool(LayerContext layer, Arguments call, Aggregate aggregate)
    {
        var x = X(layer, call);
        var size = OverSpace(call.RequiredWholes("ksize|pool_size", 1), x.Rank - 2);
        var strides = call.Wholes("strides", 2) is { } given ? OverSpace(given, size.Length) : size;
        var (window, output) = Geometry.Place(
            layer, x, size, strides, [.. size.Select(_ => 1)], call.Text("padding", 3) ?? "valid");
        return layer.Emit(new Pooling(aggregate, size, window), [x.Shape[0], .. output, x.Shape[^1]], x);
    }

    private static Value Resize(LayerContext layer, Arguments call, string interpolation, bool antialias)
    {
        var (x, size) = (X(layer, call), call.RequiredWholes("size", 1));
        string[] refused = ["preserve_aspect_ratio", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "align_corners"];
        if (refused.FirstOrDefault(name => call.Flag(name)) is { } option)
        {
            throw new LayerNotSupportedException($"its argument '{option}' is not supported");
        }

        if (call.Family == FunctionFamily.Node && !call.Flag("half_pixel_centers"))
        {
            throw new LayerNotSupportedException("sizes that count places from the corner of the image are not supported");
        }

        return x.Rank == 4 && size.Length == 2
            ? ResamplingRules.Resize(layer, x, size, interpolation, antialias)
            : throw new LayerNotSupportedException($"its input {TensorShape.Text(x.Shape)} is no batch of images");
    }

    private static Value ResizeByFactors(LayerContext layer, Arguments call)
    {
        var x = X(layer, call);
        return call.Whole("height_factor", 1) is { } height && call.Whole("width_factor", 2) is { } width && x.Rank == 4
            ? ResamplingRules.Resize(
                layer, x, [x.Shape[1] * height, x.Shape[2] * width], call.Text("interpolation") ?? "nearest", antialias: false)
            : throw new LayerNotSupportedException("its factors are not known before it runs");
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

using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using static EdgeBench.Models.Lowering.Functions.NamedFunction;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Functions that give images other sizes, cut them, fill them up, or change their colours; channels last.</summary>
internal static class ImageTable
{
    /// <summary>The functions.</summary>
    public static IReadOnlyList<NamedFunction> Functions { get; } =
    [
        Of("resize", (layer, call) => Resize(
            layer, call, call.Text("method|interpolation", 2) ?? "bilinear", call.Flag("antialias"))),
        Of("resize_bilinear", (layer, call) => Resize(layer, call, "bilinear", antialias: false)),
        Of("resize_nearest_neighbor", (layer, call) => Resize(layer, call, "nearest", antialias: false)),
        Of("resize_bicubic", (layer, call) => Resize(layer, call, "bicubic", antialias: false)),
        Of("resize_images", ResizeByFactors),
        Of("central_crop", CentralCrop),
        Of("crop_to_bounding_box", (layer, call) => layer.Box(
            layer.Image(call), [Whole(call, "offset_height", 1), Whole(call, "offset_width", 2)],
            [Whole(call, "target_height", 3), Whole(call, "target_width", 4)])),
        Of("crop_images", CropImages),
        Of("pad_to_bounding_box", (layer, call) => layer.Frame(
            layer.Image(call), [Whole(call, "offset_height", 1), Whole(call, "offset_width", 2)],
            [Whole(call, "target_height", 3), Whole(call, "target_width", 4)])),
        Of("pad_images", PadImages),
        Of("rgb_to_grayscale", RgbToGrayscale),
        Of("grayscale_to_rgb", (layer, call) => layer.Tile(layer.Image(call), [1, 1, 1, 3])),
    ];

    private static Value Resize(LayerContext layer, Arguments call, string interpolation, bool antialias)
    {
        var (x, size) = (layer.Image(call), call.RequiredWholes("size", 1));
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
        var x = layer.Image(call);
        return call.Whole("height_factor", 1) is { } height && call.Whole("width_factor", 2) is { } width && x.Rank == 4
            ? ResamplingRules.Resize(
                layer, x, [x.Shape[1] * height, x.Shape[2] * width], call.Text("interpolation") ?? "nearest", antialias: false)
            : throw new LayerNotSupportedException("its factors are not known before it runs");
    }

    /// <summary>As much of the middle as a fraction says; what stays in front is rounded down.</summary>
    private static Value CentralCrop(LayerContext layer, Arguments call)
    {
        var x = layer.Image(call);
        var fraction = call.Number("central_fraction", 1) ?? 1;
        int[] begin = [.. x.Shape.Skip(1).Take(2).Select(size => (int)((size - (size * fraction)) / 2))];
        return layer.Box(x, begin, [x.Shape[1] - (2 * begin[0]), x.Shape[2] - (2 * begin[1])]);
    }

    /// <summary>Of what is cut off on two sides and what stays, two are said for each dimension.</summary>
    private static Value CropImages(LayerContext layer, Arguments call)
    {
        var x = layer.Image(call);
        var height = call.Whole("target_height") ?? x.Shape[1] - Whole(call, "top_cropping") - Whole(call, "bottom_cropping");
        var width = call.Whole("target_width") ?? x.Shape[2] - Whole(call, "left_cropping") - Whole(call, "right_cropping");
        return layer.Box(
            x,
            [
                call.Whole("top_cropping") ?? x.Shape[1] - height - Whole(call, "bottom_cropping"),
                call.Whole("left_cropping") ?? x.Shape[2] - width - Whole(call, "right_cropping"),
            ],
            [height, width]);
    }

    /// <summary>Of what is added on two sides and what comes out, two are said for each dimension.</summary>
    private static Value PadImages(LayerContext layer, Arguments call)
    {
        var x = layer.Image(call);
        var height = call.Whole("target_height") ?? x.Shape[1] + Whole(call, "top_padding") + Whole(call, "bottom_padding");
        var width = call.Whole("target_width") ?? x.Shape[2] + Whole(call, "left_padding") + Whole(call, "right_padding");
        return layer.Frame(
            x,
            [
                call.Whole("top_padding") ?? height - x.Shape[1] - Whole(call, "bottom_padding"),
                call.Whole("left_padding") ?? width - x.Shape[2] - Whole(call, "right_padding"),
            ],
            [height, width]);
    }

    /// <summary>Brightness by the weights of ITU-R BT.601, as TensorFlow rounds them.</summary>
    private static Value RgbToGrayscale(LayerContext layer, Arguments call) =>
        layer.Weighted(layer.Image(call), layer.Constant("weights", [3, 1], (double[])[0.2989, 0.5870, 0.1140]), null);

    /// <summary>A box out of images.</summary>
    private static Value Box(this LayerContext layer, Value x, int[] begin, int[] size) => x.Rank == 4
        ? layer.Slice(x, [0, .. begin, 0], [x.Shape[0], .. size, x.Shape[3]])
        : throw new LayerNotSupportedException($"its input {TensorShape.Text(x.Shape)} is no batch of images");

    /// <summary>Images with zeros around them.</summary>
    private static Value Frame(this LayerContext layer, Value x, int[] before, int[] size) => x.Rank == 4
        ? layer.Pad(
            x, [0, .. before, 0], [0, size[0] - x.Shape[1] - before[0], size[1] - x.Shape[2] - before[1], 0], 0)
        : throw new LayerNotSupportedException($"its input {TensorShape.Text(x.Shape)} is no batch of images");

    private static int Whole(Arguments call, string name, int place = -1) =>
        call.Whole(name, place) ?? throw new LayerNotSupportedException($"its argument '{name}' is missing");
}

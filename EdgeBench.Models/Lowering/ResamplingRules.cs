using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Layers that give images other sizes.</summary>
internal static class ResamplingRules
{
    public static Value UpSampling(LayerContext layer, int dimensions)
    {
        const int Twice = 2;
        var input = layer.InputOfRank(dimensions + 2);
        var factors = layer.Config.Wholes("size", dimensions, Enumerable.Repeat(Twice, dimensions).ToArray());
        if (factors.Any(factor => factor < 1))
        {
            throw new LayerNotSupportedException("a 'size' below 1 is not possible");
        }

        int[] size = [.. factors.Select((factor, i) => checked(factor * input.Shape[i + 1]))];
        var interpolation = layer.Config.Text("interpolation") ?? "nearest";
        return Resize(layer, input, size, interpolation, antialias: false);
    }

    /// <summary>Keras 3 may pad as well as crop to keep the proportions.</summary>
    public static Value Resizing(LayerContext layer, int dimensions)
    {
        var image = layer.InputOfRank(dimensions + 2);
        int[] size = [layer.Config.Whole("height"), layer.Config.Whole("width")];
        var (crops, pads) = (layer.Config.Flag("crop_to_aspect_ratio", false), layer.Config.Flag("pad_to_aspect_ratio", false));
        if (crops && pads)
        {
            throw new LayerNotSupportedException("it cannot both crop and pad to the aspect ratio");
        }

        image = crops ? CropToProportions(layer, image, size) : pads ? PadToProportions(layer, image, size) : image;
        return Resize(
            layer, image, size, layer.Config.Text("interpolation") ?? "bilinear", layer.Config.Flag("antialias", false));
    }

    /// <summary>The middle of an image, rounded to the front; one that is too small is cropped to the proportions and enlarged.</summary>
    public static Value CenterCrop(LayerContext layer, int dimensions)
    {
        var image = layer.InputOfRank(dimensions + 2);
        int[] size = [layer.Config.Whole("height"), layer.Config.Whole("width")];
        var (height, width) = (image.Shape[1] - size[0], image.Shape[2] - size[1]);
        return height >= 0 && width >= 0
            ? StructureRules.Cut(layer, image, [height / 2, width / 2], size)
            : Resize(layer, CropToProportions(layer, image, size), size, "bilinear", antialias: false);
    }

    /// <summary>At inference Keras 2, and Keras 3 up to 3.7, crop to the proportions and resize; from 3.8 on the image stays as it
    /// is.</summary>
    public static Value RandomCrop(LayerContext layer, int dimensions)
    {
        const int FirstThatLeavesAlone = 8;
        if (layer.KerasGeneration == 3 && !layer.Writer.IsBefore(3, FirstThatLeavesAlone))
        {
            return StructureRules.Unchanged(layer);
        }

        var image = layer.InputOfRank(dimensions + 2);
        int[] size = [layer.Config.Whole("height"), layer.Config.Whole("width")];
        return Resize(layer, CropToProportions(layer, image, size), size, "bilinear", antialias: false);
    }

    /// <summary>An image at another size.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="image">Batch, spatial dimensions, channels.</param>
    /// <param name="size">The spatial sizes.</param>
    /// <param name="interpolation">Keras' name of what stands between elements.</param>
    /// <param name="antialias">Whether every element of a smaller image is a mean.</param>
    public static Value Resize(LayerContext layer, Value image, int[] size, string interpolation, bool antialias)
    {
        int[] shape = [image.Shape[0], .. size, image.Shape[^1]];
        if (shape.SequenceEqual(image.Shape))
        {
            return layer.Emit(new Identity(), shape, image);
        }

        return interpolation switch
        {
            "nearest" => layer.Emit(new Resampling(Interpolation.Nearest, HalfPixelCenters: true), shape, image),
            "bilinear" when !antialias => layer.Emit(
                new Resampling(Interpolation.Linear, !IsFromTheCorner(layer)), shape, image),
            _ => layer.Emit(
                new Resampling(Interpolation.Weighted, HalfPixelCenters: true), shape,
                [
                    image, .. size.Select((to, i) => layer.Constant(
                        $"weights_{i}", [to, image.Shape[i + 1]], InterpolationWeights.Of(interpolation, image.Shape[i + 1], to, antialias))),
                ]),
        };
    }

    /// <summary>Keras beside TensorFlow, up to 2.3, counted places from the corner of the image.</summary>
    private static bool IsFromTheCorner(LayerContext layer) => !layer.Writer.IsOfTensorFlow && layer.Writer.IsBefore(2, 4);

    /// <summary>The greatest part in the middle that has the proportions of the target.</summary>
    private static Value CropToProportions(LayerContext layer, Value image, int[] size)
    {
        var (height, width) = (image.Shape[1], image.Shape[2]);
        int[] box =
        [
            Math.Clamp((int)((double)width * size[0] / size[1]), 1, height), Math.Clamp((int)((double)height * size[1] / size[0]), 1, width),
        ];
        return StructureRules.Cut(layer, image, [(height - box[0]) / 2, (width - box[1]) / 2], box);
    }

    /// <summary>The image with as much around it, the same on both sides, as gives it the proportions of the target.</summary>
    private static Value PadToProportions(LayerContext layer, Value image, int[] size)
    {
        if (layer.Config.Text("fill_mode") is { } mode && mode != "constant")
        {
            throw new LayerNotSupportedException($"the fill_mode '{mode}' is not supported; use 'constant'");
        }

        var (height, width) = (image.Shape[1], image.Shape[2]);
        var above = (Math.Max(height, (int)((double)width * size[0] / size[1])) - height) / 2;
        var left = (Math.Max(width, (int)((double)height * size[1] / size[0])) - width) / 2;
        return above + left == 0
            ? image
            : layer.Emit(
                new Padding([0, above, left, 0], [0, above, left, 0], (float)layer.Config.Number("fill_value", 0)),
                [image.Shape[0], height + (2 * above), width + (2 * left), image.Shape[^1]],
                image);
    }
}

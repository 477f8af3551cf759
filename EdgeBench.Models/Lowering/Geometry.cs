using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Sizes and paddings of windows, as Keras on TensorFlow computes them.</summary>
internal static class Geometry
{
    /// <summary>The window of a layer and the image it leaves, of any number of spatial dimensions.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">Its input: batch, spatial dimensions, channels.</param>
    /// <param name="size">Size of the window per spatial dimension.</param>
    /// <param name="strides">Its steps.</param>
    /// <param name="dilations">Distance of its elements.</param>
    /// <param name="padding">How it is padded; where it is null, as the layer's configuration says.</param>
    /// <param name="isPooling">Whether it pools.</param>
    /// <returns>The window, and the spatial sizes of the output.</returns>
    public static (Window Window, int[] Output) Place(
        LayerContext layer, Value input, int[] size, int[] strides, int[] dilations, string? padding = null, bool isPooling = false)
    {
        RequirePositive(size, strides, dilations);
        padding = (padding ?? layer.Config.Text("padding") ?? "valid").ToUpperInvariant();
        var dimensions = size.Length;
        int[] before = new int[dimensions], after = new int[dimensions], output = new int[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            var image = input.Shape[i + 1];
            var extent = checked(((size[i] - 1) * dilations[i]) + 1);
            switch (padding)
            {
                case "SAME":
                    // The odd element of padding lies behind.
                    output[i] = (image + strides[i] - 1) / strides[i];
                    var total = Math.Max(checked(((output[i] - 1) * strides[i]) + extent) - image, 0);
                    before[i] = layer.Writer.IsOnTheano ? TheanoMargin(extent, isPooling) : total / 2;
                    after[i] = Math.Max(((output[i] - 1) * strides[i]) + extent - image - before[i], 0);
                    break;
                case "CAUSAL" when dimensions == 1:
                    before[i] = extent - 1;
                    output[i] = (image + strides[i] - 1) / strides[i];
                    break;
                case "VALID":
                    output[i] = image < extent
                        ? throw new LayerNotSupportedException(
                            $"its window of {extent} is larger than its input of the shape {TensorShape.Text(input.Shape)}")
                        : ((image - extent) / strides[i]) + 1;
                    break;
                default:
                    throw new LayerNotSupportedException(
                        $"padding '{padding.ToLowerInvariant()}' is not supported over {dimensions} dimensions; use 'same' or 'valid'");
            }
        }

        return (new Window(strides, dilations, before, after), output);
    }

    /// <summary>What a transposed convolution makes of an image.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">Its input: batch, spatial dimensions, channels.</param>
    /// <param name="size">Size of the kernel per spatial dimension.</param>
    /// <param name="strides">Its steps in the output.</param>
    /// <param name="dilations">Distance of its elements in the output.</param>
    /// <returns>What is cut off the result, and the spatial sizes of the output.</returns>
    public static (Window Window, int[] Output) PlaceTransposed(
        LayerContext layer, Value input, int[] size, int[] strides, int[] dilations)
    {
        RequirePositive(size, strides, dilations);
        var dimensions = size.Length;
        var isSame = (layer.Config.Text("padding") ?? "valid").ToUpperInvariant() switch
        {
            "SAME" => true,
            "VALID" => false,
            var padding => throw new LayerNotSupportedException(
                $"padding '{padding.ToLowerInvariant()}' is not possible here; use 'same' or 'valid'"),
        };
        var additions = layer.Config.Find("output_padding") is null ? null : layer.Config.Wholes("output_padding", dimensions);
        int[] before = new int[dimensions], after = new int[dimensions], output = new int[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            var extent = checked(((size[i] - 1) * dilations[i]) + 1);
            var whole = checked(((input.Shape[i + 1] - 1) * strides[i]) + extent);
            output[i] = (isSame, additions) switch
            {
                (true, null) => checked(input.Shape[i + 1] * strides[i]),
                (true, _) => checked(whole - (extent / 2 * 2) + additions[i]),
                (false, null) => checked(whole + Math.Max(strides[i] - extent, 0)),
                (false, _) => checked(whole + additions[i]),
            };

            // As much as a convolution of that padding would add to an image of the output's size; the odd element lies behind.
            before[i] = !isSame ? 0 : layer.Writer.IsOnTheano ? TheanoMargin(extent, isPooling: false) : Math.Max(whole - output[i], 0) / 2;
            after[i] = whole - output[i] - before[i];
        }

        return (new Window(strides, dilations, before, after), output);
    }

    /// <summary>What Theano adds in front of an image, whatever the strides: half a kernel, rounded up, or nearly all of the window of a
    /// pooling.</summary>
    private static int TheanoMargin(int extent, bool isPooling) => !isPooling ? extent / 2
        : extent > 2 && extent % 2 == 1 ? extent - 2
        : extent - 1;

    private static void RequirePositive(params int[][] numbers)
    {
        if (numbers.Any(list => list.Any(number => number < 1)))
        {
            throw new LayerNotSupportedException("a window of size, stride or dilation below 1 is not possible");
        }
    }
}

using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Sizes and paddings of windows, as Keras on TensorFlow computes them.</summary>
internal static class Geometry
{
    /// <summary>Number of channel-last spatial dimensions of an image.</summary>
    private const int Spatial = 2;

    /// <summary>Only channels last is taken: the whole graph is laid out so.</summary>
    public static void RequireChannelsLast(LayerContext layer)
    {
        if (layer.Config.Text("data_format") is { } format && format != "channels_last")
        {
            throw new LayerNotSupportedException($"data_format '{format}' is not supported; build the model with channels_last");
        }
    }

    /// <summary>The window of a layer and the image it leaves.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">Its input: batch, height, width, channels.</param>
    /// <param name="size">Size of the window.</param>
    /// <param name="strides">Its steps.</param>
    /// <param name="dilations">Distance of its elements.</param>
    /// <returns>The window, and the spatial sizes of the output.</returns>
    public static (Window Window, int[] Output) Place(LayerContext layer, Value input, int[] size, int[] strides, int[] dilations)
    {
        if (size.Concat(strides).Concat(dilations).Any(number => number < 1))
        {
            throw new LayerNotSupportedException("a window of size, stride or dilation below 1 is not possible");
        }

        var same = (layer.Config.Text("padding") ?? "valid").ToUpperInvariant() switch
        {
            "SAME" => true,
            "VALID" => false,
            var padding => throw new LayerNotSupportedException($"padding '{padding}' is not supported; use 'same' or 'valid'"),
        };
        int[] before = new int[Spatial], after = new int[Spatial], output = new int[Spatial];
        for (var i = 0; i < Spatial; i++)
        {
            var image = input.Shape[i + 1];
            var extent = checked(((size[i] - 1) * dilations[i]) + 1);
            if (same)
            {
                // The odd element of padding lies behind.
                output[i] = (image + strides[i] - 1) / strides[i];
                var total = Math.Max(checked(((output[i] - 1) * strides[i]) + extent) - image, 0);
                before[i] = total / 2;
                after[i] = total - before[i];
            }
            else
            {
                output[i] = image < extent
                    ? throw new LayerNotSupportedException(
                        $"its window of {extent} is larger than its input of the shape {TensorShape.Text(input.Shape)}")
                    : ((image - extent) / strides[i]) + 1;
            }
        }

        return (new Window(strides, dilations, before, after), output);
    }
}

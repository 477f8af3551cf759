using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Convolutions with a kernel of its own at every place. Keras 2 stores the kernels in one of three forms, by the option
/// <c>implementation</c>; here all become the first.</summary>
internal static class LocallyConnectedRules
{
    public static Value LocallyConnected(LayerContext layer, int dimensions)
    {
        if (ChannelsFirst.IsFirst(layer))
        {
            throw new LayerNotSupportedException("a locally connected layer with channels_first is not supported; use channels_last");
        }

        var input = layer.InputOfRank(dimensions + 2);
        var ones = Enumerable.Repeat(1, dimensions).ToArray();
        var filters = layer.Config.Whole("filters");
        var size = layer.Config.Wholes("kernel_size", dimensions);
        var (window, output) = Geometry.Place(layer, input, size, layer.Config.Wholes("strides", dimensions, ones), ones);
        var kernel = Kernel(layer, new Places(input, window, size, output), filters);
        var image = layer.Emit(new LocallyConnected(window, size), [input.Shape[0], .. output, filters], input, kernel);
        if (layer.Config.Flag("use_bias", true))
        {
            image = layer.Emit(new Arithmetic(ArithmeticKind.Add), image.Shape, image, layer.Variable("bias", [.. output, filters]));
        }

        return ActivationRules.Apply(layer, image, "activation");
    }

    /// <summary>(places of the output, places of the window x channels, filters).</summary>
    private static Value Kernel(LayerContext layer, Places places, int filters)
    {
        var channels = places.Channels;
        var implementation = layer.Config.Whole("implementation", 1);
        int[] shape = [places.Outputs, places.Window * channels, filters];
        switch (implementation)
        {
            case 1:
                return layer.Variable("kernel", shape);
            case 2:
                var whole = layer.Variable("kernel", [.. places.InputSizes, channels, .. places.OutputSizes, filters]).Constant!;
                return Gather((input, channel, output, filter) =>
                    whole[(((((input * channels) + channel) * places.Outputs) + output) * filters) + filter]);
            case 3:
                var order = Order();
                var stored = layer.Variable("kernel", order.Count).Constant!;
                return Gather((input, channel, output, filter) => stored[order[(output, filter, input, channel)]]);
            default:
                throw new LayerNotSupportedException($"the implementation {implementation} is not one of Keras");
        }

        // Only what is connected, by output and then by input.
        Dictionary<(int Output, int Filter, int Input, int Channel), int> Order()
        {
            var result = new Dictionary<(int Output, int Filter, int Input, int Channel), int>();
            for (var output = 0; output < places.Outputs; output++)
            {
                var inputs = Enumerable.Range(0, places.Window).Select(place => places.Input(output, place)).OfType<int>().ToList();
                for (var filter = 0; filter < filters; filter++)
                {
                    foreach (var input in inputs)
                    {
                        for (var channel = 0; channel < channels; channel++)
                        {
                            result[(output, filter, input, channel)] = result.Count;
                        }
                    }
                }
            }

            return result;
        }

        Value Gather(Func<int, int, int, int, float> weight)
        {
            var kernel = new float[TensorShape.Count(shape)];
            for (var i = 0; i < kernel.Length; i++)
            {
                var (filter, channel, rest) = (i % filters, i / filters % channels, i / filters / channels);
                var (output, place) = (rest / places.Window, rest % places.Window);
                kernel[i] = places.Input(output, place) is { } input ? weight(input, channel, output, filter) : 0;
            }

            return layer.Constant("kernel", shape, kernel);
        }
    }

    /// <summary>Which place of the input a place of a window meets.</summary>
    private sealed class Places(Value image, Window window, int[] size, int[] output)
    {
        public IEnumerable<int> InputSizes => image.Shape.Skip(1).SkipLast(1);

        public IEnumerable<int> OutputSizes => output;

        public int Channels => image.Shape[^1];

        public int Outputs { get; } = (int)TensorShape.Count(output);

        public int Window { get; } = (int)TensorShape.Count(size);

        /// <summary>Null where it is padding.</summary>
        public int? Input(int outputPlace, int windowPlace)
        {
            var (result, step) = (0, 1);
            for (var i = size.Length - 1; i >= 0; i--)
            {
                var length = image.Shape[i + 1];
                var at = (outputPlace % output[i] * window.Strides[i]) + (windowPlace % size[i]) - window.Before[i];
                if (at < 0 || at >= length)
                {
                    return null;
                }

                result += at * step;
                (step, outputPlace, windowPlace) = (step * length, outputPlace / output[i], windowPlace / size[i]);
            }

            return result;
        }
    }
}

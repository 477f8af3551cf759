using EdgeBench.Models.Graphs;
using EdgeBench.Models.Onnx.Wire;
using static EdgeBench.Models.Onnx.OnnxGraphBuilder;

namespace EdgeBench.Models.Onnx;

/// <summary>Operators that move a window over an image.</summary>
internal static class WindowEmitter
{
    public static void Emit(OnnxGraphBuilder builder, Operator step, Convolution convolution)
    {
        var kernel = step.Inputs[1];
        List<long> shape = [kernel.Shape[^1], kernel.Shape[^2], .. Longs(kernel.Shape.SkipLast(2))];
        List<string> inputs =
        [
            builder.Tensor(step.Input, Layout.ChannelsFirst),
            builder.Kernel(kernel, shape),
        ];
        if (step.Inputs.Count > 2)
        {
            var bias = step.Inputs[2];
            inputs.Add(builder.Floats(bias.Name, [bias.Shape[0]], () => bias.Constant!));
        }

        builder.Compute(
            step.Output, Layout.ChannelsFirst, "Conv", inputs,
            [
                .. Attributes(convolution.Window, kernel.Shape.SkipLast(2)),
                Attribute("dilations", Longs(convolution.Window.Dilations)),
                Attribute("group", convolution.Groups),
            ]);
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, Pooling pooling)
    {
        var attributes = Attributes(pooling.Window, pooling.Size).ToList();
        if (pooling.Aggregate == Aggregate.Average)
        {
            attributes.Add(Attribute("count_include_pad", 0));
        }

        builder.Compute(
            step.Output, Layout.ChannelsFirst, pooling.Aggregate == Aggregate.Average ? "AveragePool" : "MaxPool",
            [builder.Tensor(step.Input, Layout.ChannelsFirst)], [.. attributes]);
    }

    private static IEnumerable<AttributeProto> Attributes(Window window, IEnumerable<int> size) =>
    [
        Attribute("kernel_shape", Longs(size)),
        Attribute("strides", Longs(window.Strides)),
        Attribute("pads", Longs(window.Before.Concat(window.After))),
    ];

    private static IEnumerable<long> Longs(IEnumerable<int> numbers) => numbers.Select(number => (long)number);
}

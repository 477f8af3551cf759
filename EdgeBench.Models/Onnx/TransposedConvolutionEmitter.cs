using EdgeBench.Models.Graphs;
using static EdgeBench.Models.Onnx.OnnxGraphBuilder;

namespace EdgeBench.Models.Onnx;

/// <summary>ConvTranspose, with what is cut off written out: its own rules put the odd element on the other side.</summary>
internal static class TransposedConvolutionEmitter
{
    public static void Emit(OnnxGraphBuilder builder, Operator step, TransposedConvolution convolution)
    {
        var (kernel, window) = (step.Inputs[1], convolution.Window);
        var size = kernel.Shape.SkipLast(2).Select(number => (long)number).ToList();
        List<string> inputs =
        [
            builder.Tensor(step.Input, Layout.ChannelsFirst),
            builder.Floats(kernel.Name, [kernel.Shape[^2], kernel.Shape[^1], .. size], () => Order(kernel)),
        ];
        if (step.Inputs.Count > 2)
        {
            var bias = step.Inputs[2];
            inputs.Add(builder.Floats(bias.Name, [bias.Shape[0]], () => bias.Constant!));
        }

        builder.Compute(
            step.Output, Layout.ChannelsFirst, "ConvTranspose", inputs,
            Attribute("kernel_shape", size),
            Attribute("strides", window.Strides.Select(stride => (long)stride)),
            Attribute("dilations", window.Dilations.Select(dilation => (long)dilation)),
            Attribute("pads", window.Before.Concat(window.After).Select(cut => (long)Math.Max(cut, 0))),
            Attribute("output_padding", window.After.Select(cut => (long)Math.Max(-cut, 0))));
    }

    /// <summary>(spatial..., in, out) to (in, out, spatial...): spatial places as rows.</summary>
    private static float[] Order(Value kernel)
    {
        var pairs = kernel.Shape[^2] * kernel.Shape[^1];
        return ChannelOrder.ToChannelsFirst(kernel.Constant!, [1, kernel.Constant!.Length / pairs, pairs]);
    }
}

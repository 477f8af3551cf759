using EdgeBench.Models.Graphs;
using Options = System.Collections.Generic.Dictionary<string, double>;

namespace EdgeBench.Models.Tflite;

/// <summary>TRANSPOSE_CONV and CONV_3D_TRANSPOSE. The shape of the output is a constant, with a batch of 1: one that is computed would be a
/// dynamic tensor, which XNNPACK refuses. TFLite 2.9.0 applies no activation there, and has no dilation.</summary>
internal static class TransposedConvolutionEmitter
{
    private const int Same = 0;
    private const int Valid = 1;
    private const int Volume = 3;

    public static void Emit(TfliteGraphBuilder builder, Operator step, TransposedConvolution convolution)
    {
        var window = convolution.Window;
        var isSame = IsSame(step, window);
        int[] whole = [.. step.Output.Shape];
        var isCut = !isSame && window.Before.Concat(window.After).Any(cut => cut > 0);
        for (var i = 0; isCut && i < window.Before.Count; i++)
        {
            whole[i + 1] += window.Before[i] + Math.Max(window.After[i], 0);
        }

        var addsBias = window.Strides.Count == Volume && step.Inputs.Count > 2;
        var (code, inputs, options, version) = Parts(builder, step, window, whole, isSame);
        if (!isCut && !addsBias)
        {
            builder.Compute(step.Output, code, inputs, options, version);
            return;
        }

        var image = builder.Step($"{step.Output.Name}/whole", whole, code, inputs, options, version);
        if (isCut)
        {
            var begin = builder.Wholes("begin", [whole.Length], [0, .. window.Before, 0]);
            var size = builder.Wholes("size", [whole.Length], [-1, .. step.Output.Shape.Skip(1)]);
            if (!addsBias)
            {
                builder.Compute(step.Output, BuiltinOperator.Slice, [image, begin, size]);
                return;
            }

            image = builder.Step($"{step.Output.Name}/cut", step.Output.Shape, BuiltinOperator.Slice, [image, begin, size]);
        }

        // CONV_3D_TRANSPOSE of TFLite 2.9.0 takes a bias as long as the channels in only.
        builder.Compute(
            step.Output, BuiltinOperator.Add, [image, builder.Tensor(step.Inputs[2])], ActivationFusion.Options(FusedActivation.None));
    }

    private static (BuiltinOperator Code, int[] Inputs, Options Options, int Version) Parts(
        TfliteGraphBuilder builder, Operator step, Window window, int[] output, bool isSame)
    {
        const int WithBias = 3;
        var kernel = Dilated(step.Inputs[1], window.Dilations);
        var shape = builder.Wholes("output_shape", [output.Length], output);
        var options = new Options
        {
            ["padding"] = isSame ? Same : Valid,
            ["strideH"] = window.Strides[^2],
            ["strideW"] = window.Strides[^1],
        };
        if (window.Strides.Count == Volume)
        {
            options["strideD"] = window.Strides[0];
            var exchanged = kernel.WithLastExchanged();
            return (
                BuiltinOperator.Conv3DTranspose,
                [shape, builder.Reshaped(exchanged, exchanged.Shape), builder.Tensor(step.Input)], options, 1);
        }

        int[] bias = step.Inputs.Count > 2 ? [builder.Tensor(step.Inputs[2])] : [];
        return (
            BuiltinOperator.TransposeConv,
            [shape, builder.Kernel(kernel, [kernel.Shape[^1], .. kernel.Shape.SkipLast(1)]), builder.Tensor(step.Input), .. bias],
            options,
            bias.Length > 0 ? WithBias : 1);
    }

    /// <summary>Whether the operator cuts off the same of its own under the padding SAME.</summary>
    private static bool IsSame(Operator step, Window window) => Enumerable.Range(0, window.Strides.Count).All(i =>
    {
        var (input, output) = (step.Input.Shape[i + 1], step.Output.Shape[i + 1]);
        var cut = Math.Max(window.Before[i] + window.After[i], 0);
        return input == (output + window.Strides[i] - 1) / window.Strides[i] && window.Before[i] == cut / 2;
    });

    /// <summary>The kernel with zeros between its elements.</summary>
    private static Value Dilated(Value kernel, IReadOnlyList<int> dilations)
    {
        if (dilations.All(dilation => dilation == 1))
        {
            return kernel;
        }

        int[] size = [.. kernel.Shape.SkipLast(2)];
        int[] extent = [.. size.Select((number, i) => ((number - 1) * dilations[i]) + 1)];
        var (values, matrix) = (kernel.Constant!, kernel.Shape[^2] * kernel.Shape[^1]);
        var spread = new float[TensorShape.Count(extent) * matrix];
        for (var place = 0; place < values.Length / matrix; place++)
        {
            var (rest, target, step) = (place, 0, 1);
            for (var i = size.Length - 1; i >= 0; i--)
            {
                target += rest % size[i] * dilations[i] * step;
                (rest, step) = (rest / size[i], step * extent[i]);
            }

            values.AsSpan(place * matrix, matrix).CopyTo(spread.AsSpan(target * matrix));
        }

        return new Value(kernel.Name, [.. extent, .. kernel.Shape.TakeLast(2)], spread);
    }
}

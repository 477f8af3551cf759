using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using Options = System.Collections.Generic.Dictionary<string, double>;

namespace EdgeBench.Models.Tflite;

/// <summary>Operators that move a window over an image. TFLite knows two paddings, SAME and none; any other goes in front.</summary>
internal static class WindowEmitter
{
    private const int Same = 0;
    private const int Valid = 1;

    /// <summary>Height and width: the spatial dimensions that TFLite's windows have.</summary>
    private const int Spatial = 2;

    public static void Emit(TfliteGraphBuilder builder, Operator step, Convolution convolution, FusedActivation activation)
    {
        var (input, kernel, window) = (step.Input, step.Inputs[1], convolution.Window);
        Require(window);
        var image = builder.Tensor(input);
        if (!window.IsValid && !window.IsSame(input.Shape, kernel.Shape, step.Output.Shape))
        {
            var padding = new Padding([0, .. window.Before, 0], [0, .. window.After, 0]);
            int[] padded = [.. input.Shape.Select((size, axis) => size + padding.Before[axis] + padding.After[axis])];
            image = builder.Step($"{step.Output.Name}/padded", padded, BuiltinOperator.Pad, [image, StructureEmitter.Pads(builder, padding)]);
            window = window with { Before = [0, 0], After = [0, 0] };
        }

        var options = WindowOptions(window, activation);
        (options["dilationHFactor"], options["dilationWFactor"]) = (window.Dilations[0], window.Dilations[1]);
        var channels = kernel.Shape[^1];
        if (convolution.Groups == 1)
        {
            int[] shape = [channels, .. kernel.Shape.SkipLast(1)];
            builder.Compute(step.Output, BuiltinOperator.Conv2D, [image, builder.Kernel(kernel, shape), Bias(builder, step)], options);
        }
        else if (convolution.Groups == input.Shape[^1])
        {
            const int Dilated = 2;
            options["depthMultiplier"] = channels / convolution.Groups;
            builder.Compute(
                step.Output,
                BuiltinOperator.DepthwiseConv2D,
                [image, builder.Reshaped(kernel, [1, .. kernel.Shape.SkipLast(2), channels]), Bias(builder, step)],
                options,
                window.Dilations.Any(dilation => dilation > 1) ? Dilated : 1);
        }
        else
        {
            EmitGroups(builder, step, convolution.Groups, image, options);
        }
    }

    public static void Emit(TfliteGraphBuilder builder, Operator step, Pooling pooling, FusedActivation activation)
    {
        Require(pooling.Window);
        var options = WindowOptions(pooling.Window, activation);
        (options["filterHeight"], options["filterWidth"]) = (pooling.Size[0], pooling.Size[1]);
        builder.Compute(
            step.Output,
            pooling.Aggregate == Aggregate.Average ? BuiltinOperator.AveragePool2D : BuiltinOperator.MaxPool2D,
            [builder.Tensor(step.Input)],
            options);
    }

    /// <summary>One convolution for each group: CONV_2D takes several only from a version on that TFLite 2.9.0 does not know.</summary>
    private static void EmitGroups(TfliteGraphBuilder builder, Operator step, int groups, int image, Options options)
    {
        const int ChannelAxis = 3;
        var kernel = step.Inputs[1];
        var (inputs, outputs) = (kernel.Shape[^2], kernel.Shape[^1] / groups);
        int[] split = [.. builder.ShapeOf(image).SkipLast(1), inputs];
        var parts = builder.Steps(
            Enumerable.Range(0, groups).Select(_ => ($"{step.Output.Name}/part", (IReadOnlyList<int>)split)),
            BuiltinOperator.Split,
            [builder.Whole(ChannelAxis), image],
            new Options { ["numSplits"] = groups });
        int[] shape = [outputs, .. kernel.Shape.SkipLast(1)];
        int[] convolved = [.. step.Output.Shape.SkipLast(1), outputs];
        var results = parts.Select((part, group) => builder.Step(
            $"{step.Output.Name}/group",
            convolved,
            BuiltinOperator.Conv2D,
            [part, builder.Kernel(kernel, shape, group * outputs), GroupBias(group)],
            options)).ToList();
        builder.Compute(step.Output, BuiltinOperator.Concatenation, results, new Options { ["axis"] = ChannelAxis });

        int GroupBias(int group)
        {
            if (step.Inputs.Count < 3)
            {
                return builder.Zeros(outputs);
            }

            var bias = step.Inputs[2];
            return builder.Tensor(new Value(bias.Name, [outputs], bias.Constant!.AsSpan(group * outputs, outputs).ToArray()));
        }
    }

    /// <summary>XNNPACK takes no convolution without one.</summary>
    private static int Bias(TfliteGraphBuilder builder, Operator step) =>
        step.Inputs.Count > 2 ? builder.Tensor(step.Inputs[2]) : builder.Zeros(step.Inputs[1].Shape[^1]);

    private static Options WindowOptions(Window window, FusedActivation activation) => new()
    {
        ["padding"] = window.IsValid ? Valid : Same,
        ["strideH"] = window.Strides[0],
        ["strideW"] = window.Strides[1],
        [ActivationFusion.Option] = (double)activation,
    };

    private static void Require(Window window)
    {
        if (window.Strides.Count != Spatial)
        {
            throw new LayerNotSupportedException(
                $"TFLite has no operator with a window of {window.Strides.Count} dimensions; convert the model to onnx");
        }
    }
}

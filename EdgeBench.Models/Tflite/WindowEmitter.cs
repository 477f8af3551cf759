using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using Options = System.Collections.Generic.Dictionary<string, double>;

namespace EdgeBench.Models.Tflite;

/// <summary>Operators that move a window over an image. TFLite knows two paddings, SAME and none; any other of zeros goes in front.</summary>
internal static class WindowEmitter
{
    private const int Same = 0;
    private const int Valid = 1;

    /// <summary>Depth, height and width: what CONV_3D goes over; one dimension was raised to two before.</summary>
    private const int Volume = 3;

    public static void Emit(TfliteGraphBuilder builder, Operator step, Convolution convolution, FusedActivation activation)
    {
        var (input, kernel, window) = (step.Input, step.Inputs[1], convolution.Window);
        var image = builder.Tensor(input);
        // XNNPACK of TFLite 2.9.0 tells what SAME adds from the difference of two unsigned numbers: where a window ends before the image, it
        // sees no element of the image at all.
        if (!window.IsValid && (!window.IsSame(input.Shape, kernel.Shape, step.Output.Shape)
            || window.EndsBefore(input.Shape, kernel.Shape, step.Output.Shape)))
        {
            var padding = new Padding([0, .. window.Before, 0], [0, .. window.After, 0]);
            int[] padded = [.. input.Shape.Select((size, axis) => size + padding.Before[axis] + padding.After[axis])];
            image = builder.Step($"{step.Output.Name}/padded", padded, BuiltinOperator.Pad, [image, StructureEmitter.Pads(builder, padding)]);
            int[] none = new int[window.Strides.Count];
            window = window with { Before = none, After = none };
        }

        var options = WindowOptions(window, activation);
        var isVolume = window.Strides.Count == Volume;
        if (isVolume)
        {
            (options["strideD"], options["dilationDFactor"]) = (window.Strides[0], window.Dilations[0]);
        }

        (options["dilationHFactor"], options["dilationWFactor"]) = (window.Dilations[^2], window.Dilations[^1]);
        if (convolution.Groups == 1)
        {
            builder.Compute(step.Output, Code(kernel), [image, Kernel(builder, kernel, 0, kernel.Shape[^1]), Bias(builder, step)], options);
        }
        else if (convolution.Groups == input.Shape[^1] && !isVolume)
        {
            const int Dilated = 2;
            var channels = kernel.Shape[^1];
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
        if (!pooling.Window.IsValid && !pooling.Window.IsSame(step.Input.Shape, pooling.Size, step.Output.Shape))
        {
            throw new LayerNotSupportedException(
                "TFLite pools over a border of its own alone, and this layer has that of Theano; convert the model to onnx");
        }

        var options = WindowOptions(pooling.Window, activation);
        (options["filterHeight"], options["filterWidth"]) = (pooling.Size[0], pooling.Size[1]);
        builder.Compute(
            step.Output,
            pooling.Aggregate == Aggregate.Average ? BuiltinOperator.AveragePool2D : BuiltinOperator.MaxPool2D,
            [builder.Tensor(step.Input)],
            options);
    }

    /// <summary>One convolution for each group: CONV_2D takes several only from a version on that TFLite 2.9.0 does not know, CONV_3D
    /// never.</summary>
    private static void EmitGroups(TfliteGraphBuilder builder, Operator step, int groups, int image, Options options)
    {
        var kernel = step.Inputs[1];
        var channelAxis = kernel.Rank - 1;
        var (inputs, outputs) = (kernel.Shape[^2], kernel.Shape[^1] / groups);
        int[] split = [.. builder.ShapeOf(image).SkipLast(1), inputs];
        var parts = builder.Steps(
            Enumerable.Range(0, groups).Select(_ => ($"{step.Output.Name}/part", (IReadOnlyList<int>)split)),
            BuiltinOperator.Split,
            [builder.Whole(channelAxis), image],
            new Options { ["numSplits"] = groups });
        int[] convolved = [.. step.Output.Shape.SkipLast(1), outputs];
        var results = parts.Select((part, group) => builder.Step(
            $"{step.Output.Name}/group",
            convolved,
            Code(kernel),
            [part, Kernel(builder, kernel, group * outputs, outputs), GroupBias(group)],
            options)).ToList();
        builder.Compute(step.Output, BuiltinOperator.Concatenation, results, new Options { ["axis"] = channelAxis });

        int GroupBias(int group) => step.Inputs.Count > 2
            ? builder.Tensor(step.Inputs[2].Channels(group * outputs, outputs))
            : builder.Zeros(outputs);
    }

    private static BuiltinOperator Code(Value kernel) =>
        kernel.Rank == Volume + 2 ? BuiltinOperator.Conv3D : BuiltinOperator.Conv2D;

    /// <summary>Some of the channels out of a kernel. CONV_3D has them last, as Keras has, CONV_2D has them first.</summary>
    private static int Kernel(TfliteGraphBuilder builder, Value kernel, int first, int count)
    {
        if (kernel.Rank < Volume + 2)
        {
            return builder.Kernel(kernel, [count, .. kernel.Shape.SkipLast(1)], first);
        }

        var part = count == kernel.Shape[^1] ? kernel : kernel.Channels(first, count);
        return builder.Reshaped(part, part.Shape);
    }

    /// <summary>XNNPACK takes no convolution without one.</summary>
    private static int Bias(TfliteGraphBuilder builder, Operator step) =>
        step.Inputs.Count > 2 ? builder.Tensor(step.Inputs[2]) : builder.Zeros(step.Inputs[1].Shape[^1]);

    private static Options WindowOptions(Window window, FusedActivation activation) => new()
    {
        ["padding"] = window.IsValid ? Valid : Same,
        ["strideH"] = window.Strides[^2],
        ["strideW"] = window.Strides[^1],
        [ActivationFusion.Option] = (double)activation,
    };
}

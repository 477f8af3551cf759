using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Passes;
using Options = System.Collections.Generic.Dictionary<string, double>;

namespace EdgeBench.Models.Tflite;

/// <summary>Operators on each element, or on elements that meet.</summary>
internal static class ElementEmitter
{
    public static void Emit(TfliteGraphBuilder builder, Operator step, Arithmetic arithmetic, FusedActivation activation)
    {
        RequireFewDimensions(step);
        builder.Compute(
            step.Output,
            arithmetic.Kind switch
            {
                ArithmeticKind.Add => BuiltinOperator.Add,
                ArithmeticKind.Subtract => BuiltinOperator.Sub,
                ArithmeticKind.Multiply => BuiltinOperator.Mul,
                _ => BuiltinOperator.Div,
            },
            [.. step.Inputs.Select(builder.Tensor)],
            ActivationFusion.Options(activation));
    }

    public static void Emit(TfliteGraphBuilder builder, Operator step, ScaleShift scaling, FusedActivation activation)
    {
        var input = builder.Tensor(step.Input);
        var (scale, offset) = (step.Inputs[1], step.Inputs[2]);
        int[] shape = [scale.Shape[0], .. Enumerable.Repeat(1, step.Output.Rank - 1 - scaling.Axis)];
        if (!offset.Constant!.AsSpan().ContainsAnyExcept(0f))
        {
            builder.Compute(step.Output, BuiltinOperator.Mul, [input, builder.Reshaped(scale, shape)], ActivationFusion.Options(activation));
            return;
        }

        if (step.Output.Rank <= LimitDimensions.Most && !scale.Constant!.AsSpan().ContainsAnyExcept(-1f))
        {
            builder.Compute(step.Output, BuiltinOperator.Sub, [builder.Reshaped(offset, shape), input], ActivationFusion.Options(activation));
            return;
        }

        if (scale.Constant!.AsSpan().ContainsAnyExcept(1f))
        {
            input = builder.Step(
                $"{step.Output.Name}/scaled", step.Output.Shape, BuiltinOperator.Mul, [input, builder.Reshaped(scale, shape)],
                ActivationFusion.Options(FusedActivation.None));
        }

        builder.Compute(step.Output, BuiltinOperator.Add, [input, builder.Reshaped(offset, shape)], ActivationFusion.Options(activation));
    }

    /// <summary>TFLite has it over the last axis only.</summary>
    public static void Emit(TfliteGraphBuilder builder, Operator step, Softmax softmax)
    {
        var (code, options) = softmax.Logarithm
            ? (BuiltinOperator.LogSoftmax, new Options())
            : (BuiltinOperator.Softmax, new Options { ["beta"] = 1 });
        var input = builder.Tensor(step.Input);
        var last = step.Output.Rank - 1;
        if (softmax.Axis == last)
        {
            builder.Compute(step.Output, code, [input], options);
            return;
        }

        // Swapping two axes undoes itself.
        int[] order = [.. Enumerable.Range(0, last + 1)];
        (order[softmax.Axis], order[last]) = (last, softmax.Axis);
        int[] turned = [.. order.Select(axis => step.Output.Shape[axis])];
        var permutation = builder.Wholes("order", [order.Length], order);
        var there = builder.Step($"{step.Output.Name}/turned", turned, BuiltinOperator.Transpose, [input, permutation]);
        var soft = builder.Step($"{step.Output.Name}/soft", turned, code, [there], options);
        builder.Compute(step.Output, BuiltinOperator.Transpose, [soft, permutation]);
    }

    /// <summary>Kernels that repeat elements end the process where there are more dimensions than they know.</summary>
    private static void RequireFewDimensions(Operator step)
    {
        if (step.Output.Rank > LimitDimensions.Most && step.Inputs.Any(input => !input.Shape.SequenceEqual(step.Output.Shape)))
        {
            throw new LayerNotSupportedException(
                $"TFLite repeats elements along at most {LimitDimensions.Most} dimensions; convert the model to onnx");
        }
    }
}

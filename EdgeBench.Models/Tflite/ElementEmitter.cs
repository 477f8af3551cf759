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
        const int TakesFloats = 2;
        var (code, version) = arithmetic.Kind switch
        {
            ArithmeticKind.Add => (BuiltinOperator.Add, 1),
            ArithmeticKind.Subtract => (BuiltinOperator.Sub, 1),
            ArithmeticKind.Multiply => (BuiltinOperator.Mul, 1),
            ArithmeticKind.Divide => (BuiltinOperator.Div, 1),
            ArithmeticKind.Maximum => (BuiltinOperator.Maximum, 1),
            ArithmeticKind.Minimum => (BuiltinOperator.Minimum, 1),
            ArithmeticKind.Power => (BuiltinOperator.Pow, 1),
            ArithmeticKind.FloorModulo => (BuiltinOperator.FloorMod, 1),
            ArithmeticKind.FloorDivide => (BuiltinOperator.FloorDiv, step.Output.Type == ElementType.Float32 ? TakesFloats : 1),
            _ => (BuiltinOperator.SquaredDifference, 1),
        };
        ComputeMeeting(builder, step, code, Fuses(arithmetic) ? ActivationFusion.Options(activation) : null, version);
    }

    /// <summary>Whether the operator applies an activation to its results itself.</summary>
    public static bool Fuses(Arithmetic arithmetic) => arithmetic.Kind
        is ArithmeticKind.Add or ArithmeticKind.Subtract or ArithmeticKind.Multiply or ArithmeticKind.Divide;

    public static void Emit(TfliteGraphBuilder builder, Operator step, Comparison comparison) => ComputeMeeting(
        builder, step, comparison.Kind switch
        {
            ComparisonKind.Equal => BuiltinOperator.Equal,
            ComparisonKind.NotEqual => BuiltinOperator.NotEqual,
            ComparisonKind.Less => BuiltinOperator.Less,
            ComparisonKind.LessOrEqual => BuiltinOperator.LessEqual,
            ComparisonKind.Greater => BuiltinOperator.Greater,
            _ => BuiltinOperator.GreaterEqual,
        });

    public static void Emit(TfliteGraphBuilder builder, Operator step, Logic logic) => ComputeMeeting(
        builder, step, logic.Kind switch
        {
            LogicKind.And => BuiltinOperator.LogicalAnd,
            LogicKind.Or => BuiltinOperator.LogicalOr,
            _ => BuiltinOperator.NotEqual,
        });

    public static void EmitSelection(TfliteGraphBuilder builder, Operator step) =>
        ComputeMeeting(builder, step, BuiltinOperator.SelectV2);

    public static void EmitParametricRelu(TfliteGraphBuilder builder, Operator step) =>
        ComputeMeeting(builder, step, BuiltinOperator.PRelu);

    public static void Emit(TfliteGraphBuilder builder, Operator step, Cast cast) => builder.Compute(
        step.Output, BuiltinOperator.Cast, [builder.Tensor(step.Input)],
        new Options
        {
            ["inDataType"] = (double)TensorTypes.Of(step.Input.Type),
            ["outDataType"] = (double)TensorTypes.Of(cast.Type),
        });

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

    private static void ComputeMeeting(
        TfliteGraphBuilder builder, Operator step, BuiltinOperator code, Options? options = null, int version = 1)
    {
        RequireFewDimensions(step);
        builder.Compute(step.Output, code, [.. step.Inputs.Select(builder.Tensor)], options, version);
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

using EdgeBench.Models.Graphs;
using static EdgeBench.Models.Onnx.OnnxGraphBuilder;

namespace EdgeBench.Models.Onnx;

/// <summary>Operators on each element, or on elements that meet.</summary>
internal static class ElementEmitter
{
    public static void Emit(OnnxGraphBuilder builder, Operator step, Arithmetic arithmetic)
    {
        var (layout, operands) = Meeting(builder, step);
        var (x, y) = (operands[0], operands[1]);
        var isFloat = step.Output.Type == ElementType.Float32;
        switch (arithmetic.Kind)
        {
            case ArithmeticKind.FloorModulo when isFloat:
                // Mod has the sign of x for floats, and that of y for whole numbers.
                var whole = builder.Step(Role("whole"), "Floor", [builder.Step(Role("quotient"), "Div", [x, y])]);
                Last("Sub", x, builder.Step(Role("multiple"), "Mul", [whole, y]));
                break;
            case ArithmeticKind.FloorModulo:
                Last("Mod", x, y);
                break;
            case ArithmeticKind.FloorDivide when isFloat:
                Last("Floor", builder.Step(Role("quotient"), "Div", [x, y]));
                break;
            case ArithmeticKind.FloorDivide:
                Last("Div", builder.Step(Role("multiple"), "Sub", [x, builder.Step(Role("rest"), "Mod", [x, y])]), y);
                break;
            case ArithmeticKind.SquaredDifference:
                var difference = builder.Step(Role("difference"), "Sub", [x, y]);
                Last("Mul", difference, difference);
                break;
            default:
                Last(NameOf(arithmetic.Kind), x, y);
                break;
        }

        void Last(string type, params string[] inputs) => builder.Compute(step.Output, layout, type, inputs);

        string Role(string role) => $"{step.Output.Name}/{role}";
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, Comparison comparison)
    {
        var (layout, operands) = Meeting(builder, step);
        if (comparison.Kind == ComparisonKind.NotEqual)
        {
            builder.Compute(step.Output, layout, "Not", [builder.Step($"{step.Output.Name}/equal", "Equal", operands)]);
            return;
        }

        var type = comparison.Kind switch
        {
            ComparisonKind.Equal => "Equal",
            ComparisonKind.Less => "Less",
            ComparisonKind.LessOrEqual => "LessOrEqual",
            ComparisonKind.Greater => "Greater",
            _ => "GreaterOrEqual",
        };
        builder.Compute(step.Output, layout, type, operands);
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, Logic logic)
    {
        var (layout, operands) = Meeting(builder, step);
        var type = logic.Kind switch
        {
            LogicKind.And => "And",
            LogicKind.Or => "Or",
            _ => "Xor",
        };
        builder.Compute(step.Output, layout, type, operands);
    }

    public static void EmitSelection(OnnxGraphBuilder builder, Operator step)
    {
        var (layout, operands) = Meeting(builder, step);
        builder.Compute(step.Output, layout, "Where", operands);
    }

    public static void EmitParametricRelu(OnnxGraphBuilder builder, Operator step)
    {
        var (layout, operands) = Meeting(builder, step);
        builder.Compute(step.Output, layout, "PRelu", operands);
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, Cast cast)
    {
        var layout = builder.Prevailing([step.Input]);
        builder.Compute(
            step.Output, layout, "Cast", [builder.Tensor(step.Input, layout)], Attribute("to", OnnxInitializer.TypeOf(cast.Type)));
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, Unary unary)
    {
        var layout = builder.Prevailing([step.Input]);
        var x = builder.Tensor(step.Input, layout);
        string[] inputs = unary.Kind switch
        {
            UnaryKind.Square => [x, x],
            UnaryKind.ReciprocalSquareRoot => [builder.Step($"{step.Output.Name}/root", "Sqrt", [x])],
            _ => [x],
        };
        builder.Compute(step.Output, layout, NameOf(unary.Kind), inputs);
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, ScaleShift scaling)
    {
        var layout = builder.Prevailing([step.Input]);
        var input = builder.Tensor(step.Input, layout);
        var (scale, offset) = (step.Inputs[1], step.Inputs[2]);
        var scales = scale.Constant!.AsSpan().ContainsAnyExcept(1f);
        var shifts = offset.Constant!.AsSpan().ContainsAnyExcept(0f);
        if (scales && shifts)
        {
            input = builder.Step($"{step.Output.Name}/scaled", "Mul", [input, PerChannel(scale)]);
        }

        if (shifts)
        {
            builder.Compute(step.Output, layout, "Add", [input, PerChannel(offset)]);
        }
        else
        {
            builder.Compute(step.Output, layout, "Mul", [input, PerChannel(scale)]);
        }

        string PerChannel(Value constant)
        {
            var shape = Enumerable.Repeat(1, step.Output.Rank).ToArray();
            shape[scaling.Axis] = constant.Shape[0];
            return builder.Operand(constant.Reshaped(shape), step.Output.Rank, layout);
        }
    }

    /// <summary>What ONNX Runtime divides by 0 stays 0.</summary>
    public static void Emit(OnnxGraphBuilder builder, Operator step, Softmax softmax)
    {
        var layout = builder.Prevailing([step.Input]);
        builder.Compute(
            step.Output, layout, softmax.Logarithm ? "LogSoftmax" : "Softmax", [builder.Tensor(step.Input, layout)],
            Attribute("axis", Axis(softmax.Axis, step.Output.Rank, layout)));
    }

    /// <summary>Tensors that meet element by element. One of lower rank meets the last dimensions, so all have to be channels
    /// last.</summary>
    private static (Layout Layout, IReadOnlyList<string> Operands) Meeting(OnnxGraphBuilder builder, Operator step)
    {
        var tensors = step.Inputs.Where(input => !input.IsConstant).ToList();
        var layout = tensors.TrueForAll(input => input.Rank == step.Output.Rank) ? builder.Prevailing(tensors) : Layout.ChannelsLast;
        return (layout, [.. step.Inputs.Select(input => builder.Operand(input, step.Output.Rank, layout))]);
    }

    private static string NameOf(ArithmeticKind kind) => kind switch
    {
        ArithmeticKind.Add => "Add",
        ArithmeticKind.Subtract => "Sub",
        ArithmeticKind.Multiply => "Mul",
        ArithmeticKind.Divide => "Div",
        ArithmeticKind.Maximum => "Max",
        ArithmeticKind.Minimum => "Min",
        ArithmeticKind.Power => "Pow",
        _ => throw new NotSupportedException($"no ONNX operator for {kind}"),
    };

    private static string NameOf(UnaryKind kind) => kind switch
    {
        UnaryKind.Absolute => "Abs",
        UnaryKind.Negate => "Neg",
        UnaryKind.Square => "Mul",
        UnaryKind.SquareRoot => "Sqrt",
        UnaryKind.ReciprocalSquareRoot or UnaryKind.Reciprocal => "Reciprocal",
        UnaryKind.Logarithm => "Log",
        UnaryKind.Sine => "Sin",
        UnaryKind.Cosine => "Cos",
        UnaryKind.Tangent => "Tan",
        UnaryKind.ArcSine => "Asin",
        UnaryKind.ArcCosine => "Acos",
        UnaryKind.ArcTangent => "Atan",
        UnaryKind.HyperbolicSine => "Sinh",
        UnaryKind.HyperbolicCosine => "Cosh",
        UnaryKind.ArcHyperbolicSine => "Asinh",
        UnaryKind.ArcHyperbolicCosine => "Acosh",
        UnaryKind.ArcHyperbolicTangent => "Atanh",
        UnaryKind.Floor => "Floor",
        UnaryKind.Ceiling => "Ceil",
        UnaryKind.Round => "Round",
        UnaryKind.Sign => "Sign",
        UnaryKind.ErrorFunction => "Erf",
        UnaryKind.Not => "Not",
        _ => throw new NotSupportedException($"no ONNX operator for {kind}"),
    };
}

using EdgeBench.Models.Graphs;
using static EdgeBench.Models.Onnx.OnnxGraphBuilder;

namespace EdgeBench.Models.Onnx;

/// <summary>Operators on each element, or on elements that meet.</summary>
internal static class ElementEmitter
{
    public static void Emit(OnnxGraphBuilder builder, Operator step, Arithmetic arithmetic)
    {
        var type = arithmetic.Kind switch
        {
            ArithmeticKind.Add => "Add",
            ArithmeticKind.Subtract => "Sub",
            ArithmeticKind.Multiply => "Mul",
            _ => "Div",
        };

        // A tensor of lower rank meets the last dimensions, so both have to be channels last.
        var tensors = step.Inputs.Where(input => !input.IsConstant).ToList();
        var layout = tensors.TrueForAll(input => input.Rank == step.Output.Rank) ? builder.Prevailing(tensors) : Layout.ChannelsLast;
        builder.Compute(
            step.Output, layout, type,
            step.Inputs.Select(input =>
                input.IsConstant ? builder.Operand(input, step.Output.Rank, layout) : builder.Tensor(input, layout)));
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
            return builder.Operand(new Value(constant.Name, shape, constant.Constant), step.Output.Rank, layout);
        }
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, Softmax softmax)
    {
        var layout = builder.Prevailing([step.Input]);
        builder.Compute(
            step.Output, layout, softmax.Logarithm ? "LogSoftmax" : "Softmax", [builder.Tensor(step.Input, layout)],
            Attribute("axis", Axis(softmax.Axis, step.Output.Rank, layout)));
    }
}

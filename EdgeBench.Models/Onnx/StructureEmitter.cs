using EdgeBench.Models.Graphs;
using static EdgeBench.Models.Onnx.OnnxGraphBuilder;

namespace EdgeBench.Models.Onnx;

/// <summary>Operators that move elements about.</summary>
internal static class StructureEmitter
{
    public static void Emit(OnnxGraphBuilder builder, Operator step, Concatenation concatenation)
    {
        var layout = builder.Prevailing(step.Inputs);
        builder.Compute(
            step.Output, layout, "Concat", step.Inputs.Select(input => builder.Tensor(input, layout)),
            Attribute("axis", Axis(concatenation.Axis, step.Output.Rank, layout)));
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, Padding padding)
    {
        var layout = builder.Prevailing([step.Input]);
        var rank = step.Output.Rank;
        var pads = new long[2 * rank];
        for (var axis = 0; axis < rank; axis++)
        {
            pads[Axis(axis, rank, layout)] = padding.Before[axis];
            pads[rank + Axis(axis, rank, layout)] = padding.After[axis];
        }

        builder.Compute(
            step.Output, layout, "Pad", [builder.Tensor(step.Input, layout), builder.Wholes("pads", pads), builder.Scalar(padding.Value)]);
    }

    /// <summary>The order of the elements counts, so the tensor must lie as in the graph, or its layouts must be the same bytes.</summary>
    public static void EmitReshaping(OnnxGraphBuilder builder, Operator step)
    {
        var asItLies = builder.Has(step.Input, Layout.ChannelsFirst) && IsSameInMemory(step.Input);
        var input = builder.Tensor(step.Input, asItLies ? Layout.ChannelsFirst : Layout.ChannelsLast);
        var layout = step.Output.Rank >= 3 && IsSameInMemory(step.Output) ? Layout.ChannelsFirst : Layout.ChannelsLast;
        builder.Compute(step.Output, layout, "Reshape", [input, builder.Wholes("shape", [.. Dimensions(step.Output, layout)])]);
    }
}

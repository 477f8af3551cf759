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

    /// <summary>From whichever layout the tensor lies in, in one step. Moving the channels from one end to the other is no step: it is the
    /// same tensor in the other layout.</summary>
    public static void Emit(OnnxGraphBuilder builder, Operator step, Transposition transposition)
    {
        var rank = step.Input.Rank;
        foreach (var (layout, other) in new[] { (Layout.ChannelsLast, Layout.ChannelsFirst), (Layout.ChannelsFirst, Layout.ChannelsLast) })
        {
            if (rank >= 3 && builder.Has(step.Input, layout)
                && transposition.Order.SequenceEqual(Order(rank, toChannelsFirst: layout == Layout.ChannelsFirst).Select(axis => (int)axis)))
            {
                builder.Alias(step.Output, other, builder.Tensor(step.Input, layout));
                return;
            }
        }

        var from = builder.Prevailing([step.Input]);
        builder.Compute(
            step.Output, Layout.ChannelsLast, "Transpose", [builder.Tensor(step.Input, from)],
            Attribute("perm", transposition.Order.Select(axis => Axis(axis, rank, from))));
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, Slicing slicing)
    {
        var layout = slicing.Dropped.Count == 0 ? builder.Prevailing([step.Input]) : Layout.ChannelsLast;
        var input = step.Input.Shape;
        int[] axes = [.. Enumerable.Range(0, input.Count).Where(axis => !slicing.IsWhole(axis, input))];
        string[] inputs =
        [
            builder.Tensor(step.Input, layout),
            builder.Wholes("starts", [.. axes.Select(axis => (long)slicing.Begin[axis])]),
            builder.Wholes("ends", [.. axes.Select(End)]),
            builder.Wholes("axes", [.. axes.Select(axis => Axis(axis, input.Count, layout))]),
            builder.Wholes("steps", [.. axes.Select(axis => (long)slicing.Strides[axis])]),
        ];
        if (slicing.Dropped.Count == 0)
        {
            builder.Compute(step.Output, layout, "Slice", inputs);
            return;
        }

        var slice = builder.Step($"{step.Output.Name}/slice", "Slice", inputs);
        builder.Compute(
            step.Output, layout, "Squeeze", [slice, builder.Wholes("axes", [.. slicing.Dropped.Select(axis => (long)axis)])]);

        // Before the first place stands no number: negative ones count from the end.
        long End(int axis)
        {
            var end = slicing.Begin[axis] + ((long)slicing.Strides[axis] * slicing.Sizes[axis]);
            return end < 0 ? int.MinValue : Math.Min(end, input[axis]);
        }
    }

    /// <summary>A list of places leaves the dimensions where they are.</summary>
    public static void Emit(OnnxGraphBuilder builder, Operator step, Gather gather)
    {
        var layout = step.Inputs[1].Rank == 1 ? builder.Prevailing([step.Input]) : Layout.ChannelsLast;
        builder.Compute(
            step.Output, layout, "Gather", [builder.Tensor(step.Input, layout), builder.Tensor(step.Inputs[1], Layout.ChannelsLast)],
            Attribute("axis", Axis(gather.Axis, step.Input.Rank, layout)));
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, Tile tile)
    {
        var layout = builder.Prevailing([step.Input]);
        var multiples = new long[step.Output.Rank];
        for (var axis = 0; axis < multiples.Length; axis++)
        {
            multiples[Axis(axis, multiples.Length, layout)] = tile.Multiples[axis];
        }

        builder.Compute(step.Output, layout, "Tile", [builder.Tensor(step.Input, layout), builder.Wholes("multiples", multiples)]);
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, Stacking stacking)
    {
        long[] raised = [.. step.Output.Shape.Select((size, axis) => axis == stacking.Axis ? 1L : size)];
        var shape = builder.Wholes("shape", raised);
        builder.Compute(
            step.Output, Layout.ChannelsLast, "Concat",
            step.Inputs.Select(input =>
                builder.Step($"{input.Name}/raised", "Reshape", [builder.Tensor(input, Layout.ChannelsLast), shape])).ToList(),
            Attribute("axis", stacking.Axis));
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, Splitting splitting)
    {
        var layout = builder.Prevailing([step.Input]);
        var rank = step.Input.Rank;
        builder.ComputeAll(
            step.Outputs, layout, "Split",
            [
                builder.Tensor(step.Input, layout),
                builder.Wholes("lengths", [.. step.Outputs.Select(output => (long)output.Shape[splitting.Axis])]),
            ],
            Attribute("axis", Axis(splitting.Axis, rank, layout)));
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, Unstacking unstacking)
    {
        int[] slice = [.. step.Input.Shape.Select((size, axis) => axis == unstacking.Axis ? 1 : size)];
        var slices = step.Outputs.Select(output => new Value($"{output.Name}/slice", slice, output.Type)).ToList();
        builder.ComputeAll(
            slices, Layout.ChannelsLast, "Split",
            [builder.Tensor(step.Input, Layout.ChannelsLast), builder.Wholes("lengths", [.. slices.Select(_ => 1L)])],
            Attribute("axis", unstacking.Axis));
        foreach (var (output, source) in step.Outputs.Zip(slices))
        {
            builder.Compute(
                output, Layout.ChannelsLast, "Reshape",
                [builder.Tensor(source, Layout.ChannelsLast), builder.Wholes("shape", [.. Dimensions(output, Layout.ChannelsLast)])]);
        }
    }

    /// <summary>The order of the channels in TensorFlow is what ONNX calls depth, column, row.</summary>
    public static void Emit(OnnxGraphBuilder builder, Operator step, DepthToSpace operation) => builder.Compute(
        step.Output, Layout.ChannelsFirst, "DepthToSpace", [builder.Tensor(step.Input, Layout.ChannelsFirst)],
        Attribute("blocksize", operation.Block));

    public static void Emit(OnnxGraphBuilder builder, Operator step, SpaceToDepth operation) => builder.Compute(
        step.Output, Layout.ChannelsFirst, "SpaceToDepth", [builder.Tensor(step.Input, Layout.ChannelsFirst)],
        Attribute("blocksize", operation.Block));

    /// <summary>ONNX' own operator counts negative places from the end, where nothing is to be hot.</summary>
    public static void Emit(OnnxGraphBuilder builder, Operator step, OneHot oneHot)
    {
        long[] raised = [.. step.Input.Shape.Select(size => (long)size), 1];
        var places = builder.Step(
            $"{step.Output.Name}/places", "Reshape",
            [builder.Tensor(step.Input, Layout.ChannelsLast), builder.Wholes("shape", raised)]);
        var range = Value.Of(
            $"{step.Output.Name}/range", [oneHot.Depth], step.Input.Type, [.. Enumerable.Range(0, oneHot.Depth).Select(i => (double)i)]);
        var hot = builder.Step($"{step.Output.Name}/hot", "Equal", [places, builder.Constant(range)]);
        builder.Compute(step.Output, Layout.ChannelsLast, "Cast", [hot], Attribute("to", OnnxInitializer.Float));
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, CumulativeSum sum) => builder.Compute(
        step.Output, Layout.ChannelsLast, "CumSum",
        [
            builder.Tensor(step.Input, Layout.ChannelsLast),
            builder.Constant(Value.Of($"{step.Output.Name}/axis", [], ElementType.Int64, [sum.Axis])),
        ],
        Attribute("exclusive", sum.Exclusive ? 1 : 0), Attribute("reverse", sum.Backwards ? 1 : 0));

    public static void Emit(OnnxGraphBuilder builder, Operator step, TopElements top)
    {
        var places = new Value($"{step.Output.Name}/places", step.Outputs[1].Shape, ElementType.Int64);
        builder.ComputeAll(
            [step.Outputs[0], places], Layout.ChannelsLast, "TopK",
            [builder.Tensor(step.Input, Layout.ChannelsLast), builder.Wholes("count", [top.Count])], Attribute("axis", -1));
        builder.Compute(
            step.Outputs[1], Layout.ChannelsLast, "Cast", [builder.Tensor(places, Layout.ChannelsLast)],
            Attribute("to", OnnxInitializer.TypeOf(step.Outputs[1].Type)));
    }
}

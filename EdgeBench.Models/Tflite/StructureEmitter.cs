using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Passes;
using Options = System.Collections.Generic.Dictionary<string, double>;

namespace EdgeBench.Models.Tflite;

/// <summary>Operators that move elements about.</summary>
internal static class StructureEmitter
{
    public static void Emit(TfliteGraphBuilder builder, Operator step, Concatenation concatenation) => builder.Compute(
        step.Output, BuiltinOperator.Concatenation, [.. step.Inputs.Select(builder.Tensor)],
        new Options { ["axis"] = concatenation.Axis });

    public static void Emit(TfliteGraphBuilder builder, Operator step, Padding padding)
    {
        var pads = Pads(builder, padding);
        if (padding.Value == 0)
        {
            builder.Compute(step.Output, BuiltinOperator.Pad, [builder.Tensor(step.Input), pads]);
        }
        else
        {
            builder.Compute(step.Output, BuiltinOperator.PadV2, [builder.Tensor(step.Input), pads, builder.Scalar(padding.Value)]);
        }
    }

    public static void EmitReshaping(TfliteGraphBuilder builder, Operator step) => builder.Compute(
        step.Output, BuiltinOperator.Reshape,
        [builder.Tensor(step.Input), builder.Wholes("shape", [step.Output.Rank], [-1, .. step.Output.Shape.Skip(1)])]);

    /// <summary>Zeros or another constant in front and behind, as a list of pairs.</summary>
    public static int Pads(TfliteGraphBuilder builder, Padding padding) => builder.Wholes(
        "pads", [padding.Before.Count, 2], [.. padding.Before.Zip(padding.After).SelectMany(pair => new[] { pair.First, pair.Second })]);

    public static void Emit(TfliteGraphBuilder builder, Operator step, Transposition transposition)
    {
        const int TakesMoreDimensions = 4;
        if (transposition.Order.Count > LimitDimensions.MostTransposed)
        {
            throw new LayerNotSupportedException(
                $"TFLite transposes at most {LimitDimensions.MostTransposed} dimensions; convert the model to onnx");
        }

        builder.Compute(
            step.Output, BuiltinOperator.Transpose,
            [builder.Tensor(step.Input), builder.Wholes("order", [transposition.Order.Count], [.. transposition.Order])],
            version: transposition.Order.Count > LimitDimensions.Most ? TakesMoreDimensions : 1);
    }

    /// <summary>Dimensions that stay whole are left to masks or to a size of -1, so that the batch may change.</summary>
    public static void Emit(TfliteGraphBuilder builder, Operator step, Slicing slicing)
    {
        var rank = step.Input.Rank;
        RequireSliceable(rank);
        var isWhole = Enumerable.Range(0, rank).Select(axis => slicing.IsWhole(axis, step.Input.Shape)).ToList();
        if (slicing.Dropped.Count == 0 && slicing.Strides.All(stride => stride == 1))
        {
            const int TakesFiveDimensions = 5;
            builder.Compute(
                step.Output, BuiltinOperator.Slice,
                [
                    builder.Tensor(step.Input), builder.Wholes("begin", [rank], [.. slicing.Begin]),
                    builder.Wholes("size", [rank], [.. slicing.Sizes.Select((size, axis) => isWhole[axis] ? -1 : size)]),
                ],
                version: rank > LimitDimensions.Most ? TakesFiveDimensions : 1);
            return;
        }

        var reversed = Enumerable.Range(0, rank).Where(axis => !isWhole[axis]).ToList();
        if (reversed is [var only] && slicing.Strides[only] == -1 && slicing.Sizes[only] == step.Input.Shape[only])
        {
            builder.Compute(
                step.Output, BuiltinOperator.ReverseV2, [builder.Tensor(step.Input), builder.Wholes("axis", [1], only)]);
            return;
        }

        EmitStrided(builder, step, slicing, isWhole);
    }

    private static void EmitStrided(TfliteGraphBuilder builder, Operator step, Slicing slicing, List<bool> isWhole)
    {
        const int TakesFiveDimensions = 4;
        var rank = isWhole.Count;
        var (ends, beginMask, endMask) = (new int[rank], 0, 0);
        for (var axis = 0; axis < rank; axis++)
        {
            ends[axis] = slicing.Begin[axis] + (slicing.Strides[axis] * slicing.Sizes[axis]);
            if (isWhole[axis])
            {
                beginMask |= 1 << axis;
            }

            // What stands before the first element has no number: negative ones count from the end.
            if (isWhole[axis] || ends[axis] < 0 || ends[axis] > step.Input.Shape[axis])
            {
                (ends[axis], endMask) = (0, endMask | (1 << axis));
            }
        }

        builder.Compute(
            step.Output, BuiltinOperator.StridedSlice,
            [
                builder.Tensor(step.Input), builder.Wholes("begin", [rank], [.. slicing.Begin]), builder.Wholes("end", [rank], ends),
                builder.Wholes("strides", [rank], [.. slicing.Strides]),
            ],
            new Options
            {
                ["beginMask"] = beginMask,
                ["endMask"] = endMask,
                ["shrinkAxisMask"] = slicing.Dropped.Sum(axis => 1 << axis),
            },
            rank > LimitDimensions.Most ? TakesFiveDimensions : 1);
    }

    private static void RequireSliceable(int rank)
    {
        const int Most = 5;
        if (rank > Most)
        {
            throw new LayerNotSupportedException($"TFLite slices tensors of at most {Most} dimensions; convert the model to onnx");
        }
    }

    public static void Emit(TfliteGraphBuilder builder, Operator step, Gather gather) => builder.Compute(
        step.Output, BuiltinOperator.Gather, [builder.Tensor(step.Inputs[0]), builder.Tensor(step.Inputs[1])],
        new Options { ["axis"] = gather.Axis });

    public static void Emit(TfliteGraphBuilder builder, Operator step, Tile tile) => builder.Compute(
        step.Output, BuiltinOperator.Tile,
        [builder.Tensor(step.Input), builder.Wholes("multiples", [tile.Multiples.Count], [.. tile.Multiples])]);

    public static void Emit(TfliteGraphBuilder builder, Operator step, Stacking stacking) => builder.Compute(
        step.Output, BuiltinOperator.Pack, [.. step.Inputs.Select(builder.Tensor)],
        new Options { ["valuesCount"] = step.Inputs.Count, ["axis"] = stacking.Axis });

    public static void Emit(TfliteGraphBuilder builder, Operator step, Splitting splitting)
    {
        int[] lengths = [.. step.Outputs.Select(output => output.Shape[splitting.Axis])];
        if (step.Input.Type == ElementType.Bool)
        {
            EmitSlices(builder, step, splitting.Axis, lengths);
            return;
        }

        var (input, axis) = (builder.Tensor(step.Input), builder.Whole(splitting.Axis));
        var options = new Options { ["numSplits"] = lengths.Length };
        if (Array.TrueForAll(lengths, length => length == lengths[0]))
        {
            builder.ComputeAll(step.Outputs, BuiltinOperator.Split, [axis, input], options);
        }
        else
        {
            builder.ComputeAll(
                step.Outputs, BuiltinOperator.SplitV, [input, builder.Wholes("lengths", [lengths.Length], lengths), axis], options);
        }
    }

    public static void Emit(TfliteGraphBuilder builder, Operator step, Unstacking unstacking) => builder.ComputeAll(
        step.Outputs, BuiltinOperator.Unpack, [builder.Tensor(step.Input)],
        new Options { ["num"] = step.Outputs.Count, ["axis"] = unstacking.Axis });

    public static void Emit(TfliteGraphBuilder builder, Operator step, DepthToSpace operation) => builder.Compute(
        step.Output, BuiltinOperator.DepthToSpace, [builder.Tensor(step.Input)], new Options { ["blockSize"] = operation.Block });

    public static void Emit(TfliteGraphBuilder builder, Operator step, SpaceToDepth operation) => builder.Compute(
        step.Output, BuiltinOperator.SpaceToDepth, [builder.Tensor(step.Input)], new Options { ["blockSize"] = operation.Block });

    public static void EmitPartReplacement(TfliteGraphBuilder builder, Operator step) =>
        builder.Compute(step.Output, BuiltinOperator.DynamicUpdateSlice, [.. step.Inputs.Select(builder.Tensor)]);

    /// <summary>TFLite does not split truth values.</summary>
    private static void EmitSlices(TfliteGraphBuilder builder, Operator step, int axis, int[] lengths)
    {
        var begin = new int[step.Input.Rank];
        int[] strides = [.. Enumerable.Repeat(1, begin.Length)];
        foreach (var (output, length) in step.Outputs.Zip(lengths))
        {
            var slicing = new Slicing([.. begin], output.Shape, strides, []);
            Emit(builder, step with { Operation = slicing, Outputs = [output] }, slicing);
            begin[axis] += length;
        }
    }

    public static void Emit(TfliteGraphBuilder builder, Operator step, OneHot oneHot) => builder.Compute(
        step.Output, BuiltinOperator.OneHot,
        [builder.Tensor(step.Input), builder.Whole(oneHot.Depth), builder.Scalar(1), builder.Scalar(0)], new Options { ["axis"] = -1 });

    public static void Emit(TfliteGraphBuilder builder, Operator step, CumulativeSum sum) => builder.Compute(
        step.Output, BuiltinOperator.CumSum, [builder.Tensor(step.Input), builder.Whole(sum.Axis)],
        new Options { ["exclusive"] = sum.Exclusive ? 1 : 0, ["reverse"] = sum.Backwards ? 1 : 0 });

    /// <summary>One by one, each time without those before: TOPK_V2 gives tensors of changing size where the batch is open, which XNNPACK
    /// refuses.</summary>
    public static void Emit(TfliteGraphBuilder builder, Operator step, TopElements top)
    {
        // XNNPACK's time to load grows with the square of the operators, of which each element takes five.
        const int Most = 128;
        if (top.Count > Most)
        {
            throw new LayerNotSupportedException(
                $"it finds or sorts {top.Count} elements, for which TFLite has no operator that XNNPACK takes; convert the model to onnx");
        }

        if (step.Input.Type != ElementType.Float32 && top.Count > 1)
        {
            throw new LayerNotSupportedException("TFLite finds several greatest elements of floats alone; convert the model to onnx");
        }

        var axis = step.Input.Rank - 1;
        int[] row = [.. step.Input.Shape.SkipLast(1)];
        int[] column = [.. row, 1];
        var (greatest, keep) = (BuiltinOperator.ReduceMax, new Options { ["keepDims"] = 1 });
        var (axes, shape) = (builder.Wholes("axes", [1], axis), new[] { -1 }.Concat(column.Skip(1)).ToArray());
        var (input, elements, places) = (builder.Tensor(step.Input), new List<int>(), new List<int>());
        for (var i = 1; i < top.Count; i++)
        {
            elements.Add(builder.Step($"{step.Outputs[0].Name}/greatest", column, greatest, [input, axes], keep));
            var place = Place(input);
            places.Add(builder.Step(
                $"{step.Outputs[1].Name}/column", column, BuiltinOperator.Reshape, [place, Shape()], type: TensorType.Int32));
            var others = builder.Step(
                $"{step.Outputs[0].Name}/others", step.Input.Shape, BuiltinOperator.OneHot,
                [
                    place, builder.Whole(step.Input.Shape[axis]), builder.Scalar(double.NegativeInfinity),
                    builder.Scalar(double.PositiveInfinity),
                ],
                new Options { ["axis"] = -1 });
            input = builder.Step($"{step.Outputs[0].Name}/left", step.Input.Shape, BuiltinOperator.Minimum, [input, others]);
        }

        if (top.Count == 1)
        {
            builder.Compute(step.Outputs[0], greatest, [input, axes], keep);
            builder.Compute(step.Outputs[1], BuiltinOperator.Reshape, [Place(input), Shape()]);
            return;
        }

        elements.Add(builder.Step($"{step.Outputs[0].Name}/greatest", column, greatest, [input, axes], keep));
        places.Add(builder.Step(
            $"{step.Outputs[1].Name}/column", column, BuiltinOperator.Reshape, [Place(input), Shape()], type: TensorType.Int32));
        builder.Compute(step.Outputs[0], BuiltinOperator.Concatenation, elements, new Options { ["axis"] = axis });
        builder.Compute(step.Outputs[1], BuiltinOperator.Concatenation, places, new Options { ["axis"] = axis });

        int Place(int from) => builder.Step(
            $"{step.Outputs[1].Name}/place", row, BuiltinOperator.ArgMax, [from, builder.Whole(axis)],
            new Options { ["outputType"] = (double)TensorType.Int32 }, type: TensorType.Int32);

        int Shape() => builder.Wholes("shape", [column.Length], shape);
    }
}

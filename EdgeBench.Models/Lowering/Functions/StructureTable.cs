using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using static EdgeBench.Models.Lowering.Functions.NamedFunction;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Functions that move elements about, that know of shapes only, or that give constants.</summary>
internal static class StructureTable
{
    private const string Input = "x|input|tensor|value|array|image|images|inputs";
    private const string Several = "values|arrays|tensors|xs|x";

    /// <summary>The functions.</summary>
    public static IReadOnlyList<NamedFunction> Functions { get; } =
    [
        Of("reshape", (layer, call) => layer.Reshape(X(call), call.RequiredWholes("shape|newshape", 1))),
        Of("ravel flatten", (layer, call) => layer.Reshape(X(call), [-1])),
        Of("batch_flatten", (layer, call) => layer.Reshape(X(call), [X(call).Shape[0], -1])),
        Of("expand_dims", (layer, call) => layer.ExpandDimensions(X(call), call.RequiredWholes("axis|dim", 1))),
        Of("squeeze", (layer, call) => layer.Squeeze(X(call), AxesOrNone(call, "axis|squeeze_dims"))),
        Of("transpose permute_dimensions", (layer, call) => layer.Transpose(call.Tensor("x|a", 0), call.Wholes("axes|perm|pattern", 1))),
        Of("matrix_transpose", (layer, call) => layer.SwapMatrix(call.Tensor("x|a", 0))),
        Of("swapaxes", SwapAxes),
        Of("moveaxis", (layer, call) => layer.MoveAxis(X(call), One(call, "source", 1), One(call, "destination", 2))),
        Of("concat concatenate concat_v2", (layer, call) => layer.Concatenate(call.Tensors(Several, 0), call.Whole("axis", 1) ?? -1)),
        Of("hstack", (layer, call) => layer.Concatenate(call.Tensors(Several, 0), 1)),
        Of("vstack", (layer, call) => layer.Concatenate(call.Tensors(Several, 0), 0)),
        Of("stack pack", (layer, call) => layer.Stack(call.Tensors(Several, 0), call.Whole("axis", 1) ?? 0)),
        new("unstack unpack", (layer, call) => layer.Unstack(X(call), call.Whole("axis", 2) ?? 0)),
        new("split split_v array_split", Split),
        Of("tile", (layer, call) => layer.Tile(X(call), call.RequiredWholes("multiples|repeats", 1))),
        Of("repeat repeat_elements", Repeat),
        Of("flip reverse reverse_v2", Flip),
        Of("flip_left_right", (layer, call) => layer.Flip(X(call), [-2])),
        Of("flip_up_down", (layer, call) => layer.Flip(X(call), [-3])),
        Of("roll", Roll),
        Of("pad pad_v2 mirror_pad", Pad),
        Of("gather gather_v2 take embedding_lookup", Gather),
        Of("getitem get_item", (layer, call) => layer.Index(call.Tensor("x|tensor", 0), call.Index("key|slice_spec", 1))),
        Of("strided_slice", StridedSlice),
        Of("slice", Slice),
        Of("broadcast_to", (layer, call) => layer.BroadcastTo(X(call), call.RequiredWholes("shape", 1))),
        Of("tril", (layer, call) => Triangle(layer, call, isLower: true)),
        Of("triu", (layer, call) => Triangle(layer, call, isLower: false)),
        Of("one_hot", OneHot),
        Of("sequence_mask", SequenceMask),
        Of("depth_to_space", (layer, call) => layer.DepthToSpace(X(call), Block(call))),
        Of("space_to_depth", (layer, call) => layer.SpaceToDepth(X(call), Block(call))),
        Of("shape", (layer, call) => Wholes(layer, X(call).Shape)),
        Of("size", (layer, call) => layer.Number(X(call).Count, ElementType.Int32)),
        Of("rank ndim", (layer, call) => layer.Number(X(call).Rank, ElementType.Int32)),
        Of("zeros_like", (layer, call) => Filled(layer, X(call).Shape, call.Type("dtype") ?? X(call).Type, 0)),
        Of("ones_like", (layer, call) => Filled(layer, X(call).Shape, call.Type("dtype") ?? X(call).Type, 1)),
        Of("full_like", (layer, call) =>
            Filled(layer, X(call).Shape, call.Type("dtype") ?? X(call).Type, call.Number("fill_value", 1) ?? 0)),
        Of("zeros", (layer, call) => Filled(layer, call.RequiredWholes("shape", 0), call.Type("dtype") ?? ElementType.Float32, 0)),
        Of("ones", (layer, call) => Filled(layer, call.RequiredWholes("shape", 0), call.Type("dtype") ?? ElementType.Float32, 1)),
        Of("fill full", (layer, call) => layer.BroadcastTo(
            call.Tensor("value|fill_value", 1), call.RequiredWholes("dims|shape", 0))),
        Of("range arange", Range),
    ];

    private static Value X(Arguments call) => call.Tensor(Input, 0);

    private static int One(Arguments call, string name, int place) =>
        call.Whole(name, place) ?? throw new LayerNotSupportedException($"its argument '{name}' is missing");

    /// <summary>An empty list stands for none.</summary>
    private static int[]? AxesOrNone(Arguments call, string name) =>
        call.Json(name, 1) is { ValueKind: System.Text.Json.JsonValueKind.Array } list && list.GetArrayLength() == 0
            ? null
            : call.Wholes(name, 1);

    private static Value SwapAxes(LayerContext layer, Arguments call)
    {
        var x = X(call);
        var (first, second) = (layer.Axis(x, One(call, "axis1", 1)), layer.Axis(x, One(call, "axis2", 2)));
        int[] order = [.. Enumerable.Range(0, x.Rank)];
        (order[first], order[second]) = (second, first);
        return layer.Transpose(x, order);
    }

    /// <summary>TensorFlow counts pieces or says how long they are, of which one may be open; <c>keras.ops</c> counts pieces or says where
    /// the later ones begin.</summary>
    private static IReadOnlyList<Value> Split(LayerContext layer, Arguments call)
    {
        var x = X(call);
        var axis = layer.Axis(x, call.Whole("axis|split_dim", 2) ?? 0);
        var said = call.RequiredWholes("num_or_size_splits|indices_or_sections|size_splits|num_split", 1);
        var isCount = call.Tensor("num_or_size_splits|indices_or_sections|size_splits|num_split", 1).Rank == 0;
        var size = x.Shape[axis];
        int[] lengths = isCount ? [.. Enumerable.Repeat(size / Math.Max(said[0], 1), said[0])]
            : call.Has("indices_or_sections") ? [.. said.Append(size).Zip(said.Prepend(0), (end, begin) => end - begin)]
            : [.. said.Select(length => length == -1 ? size - said.Where(other => other != -1).Sum() : length)];
        return layer.Split(x, lengths, axis);
    }

    private static Value Repeat(LayerContext layer, Arguments call)
    {
        var (x, counts) = (X(call), call.RequiredWholes("repeats|rep", 1));
        return call.Whole("axis", 2) is { } axis ? layer.Repeat(x, counts, axis) : layer.Repeat(layer.Reshape(x, [-1]), counts, 0);
    }

    private static Value Flip(LayerContext layer, Arguments call)
    {
        var x = X(call);
        return layer.Flip(x, call.Wholes("axis|axes|dims", 1) ?? [.. Enumerable.Range(0, x.Rank)]);
    }

    private static Value Roll(LayerContext layer, Arguments call)
    {
        var (x, shifts, axes) = (X(call), call.RequiredWholes("shift", 1), call.Wholes("axis", 2));
        return axes is null
            ? layer.Reshape(layer.Roll(layer.Reshape(x, [-1]), shifts.Sum(), 0), x.Shape)
            : axes.Select((axis, i) => (axis, shift: shifts[Math.Min(i, shifts.Length - 1)]))
                .Aggregate(x, (rolled, step) => layer.Roll(rolled, step.shift, step.axis));
    }

    private static Value Pad(LayerContext layer, Arguments call)
    {
        var (x, pairs) = (X(call), layer.Cast(call.Tensor("paddings|pad_width", 1), ElementType.Int32));
        if (!pairs.IsConstant)
        {
            throw new LayerNotSupportedException("how much it pads is not known before it runs");
        }

        var sizes = layer.BroadcastTo(pairs, [x.Rank, 2]).Exact();
        int[] before = [.. Enumerable.Range(0, x.Rank).Select(axis => (int)sizes[2 * axis])];
        int[] after = [.. Enumerable.Range(0, x.Rank).Select(axis => (int)sizes[(2 * axis) + 1])];
        var mode = call.Text("mode")?.ToLowerInvariant() ?? "constant";
        return mode == "constant"
            ? layer.Pad(x, before, after, call.Number("constant_values", 2) ?? 0)
            : layer.PadWithItself(x, before, after, mode);
    }

    private static Value Gather(LayerContext layer, Arguments call)
    {
        var (x, indices) = (call.Tensor("params|x", 0), call.Tensor("indices|ids", 1));
        if (call.Whole("batch_dims") is { } count and not 0)
        {
            throw new LayerNotSupportedException($"taking places of its own for each of {count} batch dimensions is not supported");
        }

        return call.Whole("axis", 2) is { } axis ? layer.Gather(x, indices, axis)
            : call.Family == FunctionFamily.Keras ? layer.Gather(layer.Reshape(x, [-1]), indices, 0)
            : layer.Gather(x, indices, 0);
    }

    private static Value StridedSlice(LayerContext layer, Arguments call)
    {
        var (begin, end) = (call.RequiredWholes("begin", 1), call.RequiredWholes("end", 2));
        var strides = call.Wholes("strides", 3);
        return layer.Index(call.Tensor("input_|input", 0), [.. begin.Select((start, i) => Item(i, start))]);

        IndexItem Item(int i, int start) =>
            Bit("ellipsis_mask", i) ? new IndexItem.Ellipsis()
            : Bit("new_axis_mask", i) ? new IndexItem.NewAxis()
            : Bit("shrink_axis_mask", i) ? new IndexItem.Place(start)
            : new IndexItem.Range(
                Bit("begin_mask", i) ? null : start, Bit("end_mask", i) ? null : end[i], strides?.ElementAtOrDefault(i));

        bool Bit(string mask, int i) => (((call.Whole(mask) ?? 0) >> i) & 1) == 1;
    }

    private static Value Slice(LayerContext layer, Arguments call)
    {
        var (x, begin, sizes) = (
            call.Tensor("input_|input|inputs", 0), call.RequiredWholes("begin|start_indices", 1), call.RequiredWholes("size|shape", 2));
        return begin.Length == x.Rank && sizes.Length == x.Rank
            ? layer.Slice(x, begin, [.. sizes.Select((size, axis) => size == -1 ? x.Shape[axis] - begin[axis] : size)])
            : throw new LayerNotSupportedException($"its slice does not fit a tensor of the shape {TensorShape.Text(x.Shape)}");
    }

    private static Value Triangle(LayerContext layer, Arguments call, bool isLower)
    {
        var (x, diagonal) = (X(call), call.Whole("k", 1) ?? 0);
        if (x.Rank < 2)
        {
            throw new LayerNotSupportedException("a triangle needs at least two dimensions");
        }

        var (rows, columns) = (x.Shape[^2], x.Shape[^1]);
        var kept = Enumerable.Range(0, rows * columns).Select(i =>
            isLower == ((i % columns) - (i / columns) <= (isLower ? diagonal : diagonal - 1)) ? 1.0 : 0);
        return layer.Multiply(x, layer.ConstantOf("triangle", [rows, columns], x.Type, [.. kept]));
    }

    private static Value OneHot(LayerContext layer, Arguments call)
    {
        var (x, depth) = (call.Tensor("indices|x", 0), call.Whole("depth|num_classes", 1));
        var isPlain = (call.Number("on_value", 2) ?? 1) == 1 && (call.Number("off_value", 3) ?? 0) == 0
            && (call.Whole("axis", 4) ?? -1) is var axis && (axis == -1 || axis == x.Rank) && !call.Flag("sparse");
        if (depth is not > 0 || !isPlain)
        {
            throw new LayerNotSupportedException("only 1 and 0 along a new last axis of a known size are supported");
        }

        var places = x.Type is ElementType.Int32 or ElementType.Int64 ? x : layer.Cast(x, ElementType.Int32);
        var hot = layer.Emit(new OneHot(depth.Value), [.. x.Shape, depth.Value], places);
        return layer.Cast(hot, call.Type("dtype|T") ?? ElementType.Float32);
    }

    /// <summary>Which of so many places are before the length of each sequence.</summary>
    private static Value SequenceMask(LayerContext layer, Arguments call)
    {
        var (lengths, count) = (call.Tensor("lengths", 0), call.Whole("maxlen", 1));
        if (count is not > 0)
        {
            throw new LayerNotSupportedException("how many places it has is not known before it runs; give 'maxlen'");
        }

        var places = layer.ConstantOf("places", [count.Value], lengths.Type, [.. Enumerable.Range(0, count.Value)]);
        return layer.Cast(
            layer.Compare(ComparisonKind.Less, places, layer.ExpandDimensions(lengths, [-1])), call.Type("dtype", 2) ?? ElementType.Bool);
    }

    private static int Block(Arguments call) =>
        call.Text("data_format") is null or "NHWC" or "channels_last" && call.Whole("block_size", 1) is { } size
            ? size
            : throw new LayerNotSupportedException("only NHWC is supported, with a block size that is known");

    private static Value Range(LayerContext layer, Arguments call)
    {
        var (first, second) = (call.Tensor("start", 0), call.OptionalTensor("stop|limit", 1));
        var (start, stop) = second is null ? (0, Known(first)) : (Known(first), Known(second));
        var step = call.Number("delta|step", 2) ?? 1;
        var count = (int)Math.Max(Math.Ceiling((stop - start) / step), 0);
        return count > 0
            ? layer.ConstantOf(
                "range", [count], call.Type("dtype") ?? first.Type, [.. Enumerable.Range(0, count).Select(i => start + (i * step))])
            : throw new LayerNotSupportedException("its range has no elements");
    }

    private static double Known(Value value) => value is { IsConstant: true, Count: 1 }
        ? value.Exact()[0]
        : throw new LayerNotSupportedException("the limits of its range are not known before it runs");

    private static Value Wholes(LayerContext layer, IReadOnlyList<int> numbers) =>
        layer.ConstantOf("shape", [numbers.Count], ElementType.Int32, [.. numbers.Select(number => (double)number)]);

    private static Value Filled(LayerContext layer, IReadOnlyList<int> shape, ElementType type, double number) =>
        layer.BroadcastTo(layer.Number(number, type), shape);
}

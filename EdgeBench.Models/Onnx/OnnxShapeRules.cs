using EdgeBench.Models.Graphs;
using EdgeBench.Models.Onnx.Wire;

namespace EdgeBench.Models.Onnx;

/// <summary>What the usual operators of ONNX make of shapes, by the text of the standard (<c>docs/Operators.md</c> of onnx/onnx).</summary>
internal static class OnnxShapeRules
{
    private static readonly HashSet<string> Broadcasting =
    [
        "Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max", "Mean", "Min", "Mod", "Mul", "Or", "Pow", "Sub",
        "Sum", "Where", "Xor",
    ];

    /// <summary>Shapes of a node's outputs; null for each that is not known.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">Shapes of its inputs, null for each that is not known.</param>
    /// <param name="values">Values of its inputs, where they are small whole numbers.</param>
    public static int[]?[] Of(NodeProto node, int[]?[] inputs, long[]?[] values)
    {
        var first = inputs.ElementAtOrDefault(0);
        if (Broadcasting.Contains(node.OpType))
        {
            return [inputs.Contains(null) ? null : inputs.Aggregate((left, right) => Broadcast(left!, right!))];
        }

        if (node.OpType == "Split" && first is not null)
        {
            return Split(node, first, values.ElementAtOrDefault(1));
        }

        return node.OpType switch
        {
            "ConstantOfShape" => [values[0]?.Select(size => (int)size).ToArray()],
            _ when first is null => [null],
            "AveragePool" or "LpPool" or "MaxPool" when node.Ints("kernel_shape") is { } size => [Windows(node, first, size, first[1])],
            "Conv" or "ConvInteger" when inputs[1] is { } kernel => [Windows(node, first, Spatial(kernel), kernel[0])],
            "QLinearConv" when inputs[3] is { } kernel => [Windows(node, first, Spatial(kernel), kernel[0])],
            "ConvTranspose" when inputs[1] is { } kernel => [Transposed(node, first, kernel)],
            "ArgMax" or "ArgMin" => [Reduced(first, [node.Int("axis", 0)], node.Int("keepdims", 1) == 1)],
            "Concat" when !inputs.Contains(null) => [Concatenated(inputs!, node.Int("axis", 0))],
            "DepthToSpace" => [Blocks(first, node.Int("blocksize", 1))],
            "Expand" when values[1] is { } shape => [Broadcast(first, [.. shape.Select(size => (int)size)])],
            "Flatten" => [Flattened(first, node.Int("axis", 1))],
            "Gather" when inputs[1] is { } places => [Gathered(first, places, Axis(node.Int("axis", 0), first.Length))],
            "Gemm" when inputs[1] is { } matrix => [
                [first[node.Int("transA", 0) == 1 ? 1 : 0], matrix[node.Int("transB", 0) == 1 ? 0 : 1]]],
            "GlobalAveragePool" or "GlobalLpPool" or "GlobalMaxPool" => [[.. first.Take(2), .. first.Skip(2).Select(_ => 1)]],
            "MatMul" or "MatMulInteger" when inputs[1] is { } right => [Product(first, right)],
            "QLinearMatMul" when inputs[3] is { } right => [Product(first, right)],
            "Pad" => [Padded(first, node.Ints("pads") ?? values.ElementAtOrDefault(1), values.ElementAtOrDefault(3))],
            "Reshape" => [Reshaped(first, node.Ints("shape") ?? values.ElementAtOrDefault(1))],
            "Resize" or "Upsample" => [Resized(node, first, values.ElementAtOrDefault(3))],
            "Shape" => [[first.Length]],
            "Slice" => [Sliced(node, first, values)],
            "SpaceToDepth" => [Blocks(first, -node.Int("blocksize", 1))],
            "Squeeze" => [Squeezed(first, node.Ints("axes") ?? values.ElementAtOrDefault(1))],
            "Tile" when values[1] is { } times => [[.. first.Select((size, axis) => checked(size * (int)times[axis]))]],
            "Transpose" => [[.. (node.Ints("perm") ?? [.. Enumerable.Range(0, first.Length).Reverse().Select(axis => (long)axis)])
                .Select(axis => first[axis])]],
            "Unsqueeze" => [Unsqueezed(first, node.Ints("axes") ?? values.ElementAtOrDefault(1))],
            _ when node.OpType.StartsWith("Reduce", StringComparison.Ordinal) =>
                [ReducedByNode(node, first, values)],
            _ when OnnxCosts.KeepsShape(node.OpType) => [first],
            _ => [null],
        };
    }

    /// <summary>The whole numbers that a node computes; null where it computes others, or they are not known.</summary>
    public static long[]? ValuesOf(NodeProto node, int[]?[] inputs, long[]?[] values)
    {
        var first = values.ElementAtOrDefault(0);
        return node.OpType switch
        {
            "Shape" => inputs[0]?.Select(size => (long)size).ToArray(),
            "Cast" or "Identity" or "Squeeze" or "Unsqueeze" => first,
            "Concat" when !values.Contains(null) => [.. values.SelectMany(part => part!)],
            "Gather" when first is not null && values[1] is { } places && Array.TrueForAll(places, at => Math.Abs(at) <= first.Length)
                && !places.Contains(first.Length) =>
                [.. places.Select(at => first[at < 0 ? at + first.Length : at])],
            "Slice" when first is not null && values.Length >= 3 && values[1] is [var start] && values[2] is [var end]
                && (values.ElementAtOrDefault(4) ?? [1]) is [1] => Cut(first, start, end),
            "Add" when first is not null && values[1] is { } other => Combine(first, other, (left, right) => left + right),
            "Sub" when first is not null && values[1] is { } other => Combine(first, other, (left, right) => left - right),
            "Mul" when first is not null && values[1] is { } other => Combine(first, other, (left, right) => left * right),
            "Div" when first is not null && values[1] is { } other && !other.Contains(0) =>
                Combine(first, other, (left, right) => left / right),
            _ => null,
        };
    }

    /// <summary>Sizes of 1 are repeated, missing ones stand in front.</summary>
    public static int[] Broadcast(int[] left, int[] right)
    {
        var rank = Math.Max(left.Length, right.Length);
        return [.. Enumerable.Range(0, rank).Select(axis => Math.Max(At(left, axis - rank), At(right, axis - rank)))];

        static int At(int[] shape, int fromEnd) => fromEnd + shape.Length < 0 ? 1 : shape[fromEnd + shape.Length];
    }

    private static long[] Cut(long[] values, long start, long end)
    {
        var from = (int)Math.Clamp(start < 0 ? start + values.Length : start, 0, values.Length);
        var to = (int)Math.Clamp(end < 0 ? end + values.Length : end, from, values.Length);
        return values[from..to];
    }

    private static long[]? Combine(long[] left, long[] right, Func<long, long, long> compute) =>
        left.Length == right.Length ? [.. left.Zip(right, compute)]
        : right.Length == 1 ? [.. left.Select(value => compute(value, right[0]))]
        : left.Length == 1 ? [.. right.Select(value => compute(left[0], value))]
        : null;

    private static int Axis(long axis, int rank) => (int)(axis < 0 ? axis + rank : axis);

    private static long[] Spatial(int[] kernel) => [.. kernel.Skip(2).Select(size => (long)size)];

    private static int[] Windows(NodeProto node, int[] image, long[] size, int channels)
    {
        var rank = image.Length - 2;
        var (strides, dilations) = (node.Ints("strides"), node.Ints("dilations"));
        var pads = node.Ints("pads");
        var padding = node.Text("auto_pad");
        var ceiling = node.Int("ceil_mode", 0) == 1;
        return [image[0], channels, .. Enumerable.Range(0, rank).Select(i =>
        {
            var stride = strides?[i] ?? 1;
            var extent = ((size[i] - 1) * (dilations?[i] ?? 1)) + 1;
            var total = padding is "" or "NOTSET" ? (pads?[i] ?? 0) + (pads?[i + rank] ?? 0) : 0;
            return checked((int)(padding.StartsWith("SAME", StringComparison.Ordinal)
                ? (image[i + 2] + stride - 1) / stride
                : ((image[i + 2] + total - extent + (ceiling ? stride - 1 : 0)) / stride) + 1));
        })];
    }

    private static int[] Transposed(NodeProto node, int[] image, int[] kernel)
    {
        var rank = image.Length - 2;
        var channels = kernel[1] * node.Int("group", 1);
        if (node.Ints("output_shape") is { } said)
        {
            return [image[0], channels, .. said.TakeLast(rank).Select(size => (int)size)];
        }

        var (strides, dilations) = (node.Ints("strides"), node.Ints("dilations"));
        var (pads, more) = (node.Ints("pads"), node.Ints("output_padding"));
        var same = node.Text("auto_pad").StartsWith("SAME", StringComparison.Ordinal);
        return [image[0], channels, .. Enumerable.Range(0, rank).Select(i =>
        {
            var stride = strides?[i] ?? 1;
            var extent = ((kernel[i + 2] - 1) * (dilations?[i] ?? 1)) + 1;
            return checked((int)(same
                ? image[i + 2] * stride
                : ((image[i + 2] - 1) * stride) + (more?[i] ?? 0) + extent - (pads?[i] ?? 0) - (pads?[i + rank] ?? 0)));
        })];
    }

    private static int[] Product(int[] left, int[] right)
    {
        int[] batch = Broadcast([.. left.SkipLast(2)], [.. right.SkipLast(2)]);
        int[] rows = left.Length > 1 ? [left[^2]] : [];
        int[] columns = right.Length > 1 ? [right[^1]] : [];
        return [.. batch, .. rows, .. columns];
    }

    private static int[] Concatenated(int[][] inputs, int axis)
    {
        var along = Axis(axis, inputs[0].Length);
        return [.. inputs[0].Select((size, i) => i == along ? inputs.Sum(shape => shape[along]) : size)];
    }

    private static int[] Blocks(int[] image, int block) => block > 0
        ? [image[0], image[1] / (block * block), image[2] * block, image[3] * block]
        : [image[0], image[1] * block * block, image[2] / -block, image[3] / -block];

    private static int[] Flattened(int[] shape, int axis)
    {
        var at = Axis(axis, shape.Length);
        return [TensorShape.Joined(shape.Take(at)), TensorShape.Joined(shape.Skip(at))];
    }

    private static int[] Gathered(int[] shape, int[] places, int axis) => [.. shape.Take(axis), .. places, .. shape.Skip(axis + 1)];

    private static int[]? Padded(int[] shape, long[]? pads, long[]? axes)
    {
        if (pads is null)
        {
            return null;
        }

        int[] along = axes is null ? [.. Enumerable.Range(0, shape.Length)] : [.. axes.Select(axis => Axis(axis, shape.Length))];
        return [.. shape.Select((size, axis) => Array.IndexOf(along, axis) is >= 0 and var i
            ? checked((int)(size + pads[i] + pads[i + along.Length]))
            : size)];
    }

    private static int[]? Reshaped(int[] shape, long[]? said)
    {
        if (said is null)
        {
            return null;
        }

        var sizes = said.Select((size, axis) => size == 0 ? shape[axis] : size).ToArray();
        var known = sizes.Where(size => size > 0).Aggregate(1L, (product, size) => checked(product * size));
        return [.. sizes.Select(size => checked((int)(size == -1 ? TensorShape.Count(shape) / known : size)))];
    }

    private static int[]? Resized(NodeProto node, int[] shape, long[]? sizes) =>
        sizes is not null && sizes.Length == shape.Length ? [.. sizes.Select(size => (int)size)]
        : node.Floats("scales") is { } scales ? [.. shape.Select((size, axis) => (int)Math.Floor(size * scales[axis]))]
        : null;

    private static int[]? Sliced(NodeProto node, int[] shape, long[]?[] values)
    {
        var starts = node.Ints("starts") ?? values.ElementAtOrDefault(1);
        var ends = node.Ints("ends") ?? values.ElementAtOrDefault(2);
        if (starts is null || ends is null)
        {
            return null;
        }

        var axes = node.Ints("axes") ?? values.ElementAtOrDefault(3) ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        var steps = values.ElementAtOrDefault(4) ?? [.. starts.Select(_ => 1L)];
        var result = (int[])shape.Clone();
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = Axis(axes[i], shape.Length);
            var size = shape[axis];
            var (least, most) = steps[i] > 0 ? (0L, size) : (-1L, size - 1L);
            var from = Math.Clamp(starts[i] < 0 ? starts[i] + size : starts[i], 0, most);
            var to = Math.Clamp(ends[i] < 0 ? ends[i] + size : ends[i], least, size);
            result[axis] = (int)Math.Max((to - from + steps[i] - Math.Sign(steps[i])) / steps[i], 0);
        }

        return result;
    }

    private static int[]?[] Split(NodeProto node, int[] shape, long[]? sizes)
    {
        var axis = Axis(node.Int("axis", 0), shape.Length);
        sizes ??= node.Ints("split") ?? [.. Enumerable.Repeat((long)shape[axis] / node.Output.Count, node.Output.Count)];
        return [.. sizes.Select(part => (int[]?)[.. shape.Select((size, i) => i == axis ? (int)part : size)])];
    }

    private static int[]? Squeezed(int[] shape, long[]? axes) =>
        [.. shape.Where((size, i) => axes is null ? size != 1 : !axes.Any(axis => Axis(axis, shape.Length) == i))];

    private static int[]? Unsqueezed(int[] shape, long[]? axes)
    {
        if (axes is null)
        {
            return null;
        }

        var result = shape.ToList();
        foreach (var axis in axes.Select(axis => Axis(axis, shape.Length + axes.Length)).Order())
        {
            result.Insert(axis, 1);
        }

        return [.. result];
    }

    private static int[]? ReducedByNode(NodeProto node, int[] shape, long[]?[] values)
    {
        var axes = node.Ints("axes") ?? values.ElementAtOrDefault(1);
        if (axes is null && node.Input.Count > 1 && node.Input[1].Length > 0)
        {
            return null;
        }

        return Reduced(
            shape, axes is { Length: > 0 } ? [.. axes] : [.. Enumerable.Range(0, shape.Length).Select(axis => (long)axis)],
            node.Int("keepdims", 1) == 1);
    }

    private static int[] Reduced(int[] shape, long[] axes, bool keep)
    {
        bool Is(int i) => axes.Any(axis => Axis(axis, shape.Length) == i);
        return keep ? [.. shape.Select((size, i) => Is(i) ? 1 : size)] : [.. shape.Where((_, i) => !Is(i))];
    }
}

using System.Text.Json;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using static EdgeBench.Models.Lowering.Functions.NamedFunction;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Functions over whole axes.</summary>
internal static class ReductionTable
{
    private const string Input = "x|input_tensor|input|tensor";
    private const string Axes = "axis|axes|reduction_indices";
    private const string Keeps = "keepdims|keep_dims";

    /// <summary>The functions.</summary>
    public static IReadOnlyList<NamedFunction> Functions { get; } =
    [
        Reduction("sum reduce_sum", Aggregate.Sum),
        Reduction("mean average reduce_mean", Aggregate.Average),
        Reduction("max amax reduce_max", Aggregate.Maximum),
        Reduction("min amin reduce_min", Aggregate.Minimum),
        Reduction("prod reduce_prod", Aggregate.Product),
        Reduction("any reduce_any", Aggregate.Any),
        Reduction("all reduce_all", Aggregate.All),
        Of("var variance reduce_variance", (layer, call) => layer.Variance(X(call), AxesOf(call), KeepsOf(call))),
        Of("std reduce_std", (layer, call) => layer.Unary(
            UnaryKind.SquareRoot, layer.Variance(X(call), AxesOf(call), KeepsOf(call)))),
        Of("logsumexp log_sum_exp reduce_logsumexp", (layer, call) => layer.LogSumExp(X(call), AxesOf(call), KeepsOf(call))),
        Of("reduce_euclidean_norm euclidean_norm", (layer, call) => Norm(layer, X(call), AxesOf(call), KeepsOf(call))),
        Of("norm", (layer, call) => Norm(layer, call)),
        Of("count_nonzero", (layer, call) => layer.Reduce(
            Aggregate.Sum, layer.Cast(layer.Truth(X(call)), ElementType.Int32), AxesOf(call), KeepsOf(call))),
        Of("clip_by_norm", ClipByNorm),
        Of("l2_normalize", (layer, call) => layer.Normalize(X(call), call.Wholes("axis|dim", 1), call.Number("epsilon", 2) ?? 1e-12)),
        Of("normalize", Normalize),
        new("moments", Moments),
        Of("argmax arg_max", (layer, call) => Argument(layer, call, greatest: true)),
        Of("argmin arg_min", (layer, call) => Argument(layer, call, greatest: false)),
        Of("cumsum", CumulativeSum),
        new("top_k top_k_v2", TopElements),
        Of("sort", (layer, call) => Sorted(layer, call).Values),
        Of("argsort", (layer, call) => Sorted(layer, call).Places),
    ];

    private static Value X(Arguments call) => call.Tensor(Input, 0);

    private static int[]? AxesOf(Arguments call) => call.Wholes(Axes, 1);

    private static bool KeepsOf(Arguments call) => call.Flag(Keeps);

    private static NamedFunction Reduction(string names, Aggregate aggregate) => Of(names, (layer, call) =>
        call.Has("initial|weights|where")
            ? throw new LayerNotSupportedException("its arguments 'initial', 'weights' and 'where' are not supported")
            : layer.Reduce(aggregate, X(call), AxesOf(call), KeepsOf(call)));

    private static Value Norm(LayerContext layer, Arguments call)
    {
        var (x, axes) = (X(call), call.Wholes(Axes, 2) ?? call.Wholes(Axes, 1));
        double? order = call.Json("ord", 1) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
            { ValueKind: JsonValueKind.String } text when text.ValueEquals("euclidean") || text.ValueEquals("fro") => null,
            _ => double.NaN,
        };

        // Over two axes numbers mean norms of matrices; over all, TensorFlow takes them for those of one long vector.
        var isVector = axes is { Length: 1 } || x.Rank == 1 || (axes is null && call.Family == FunctionFamily.TensorFlow);
        return order switch
        {
            null => Norm(layer, x, axes, KeepsOf(call)),
            2 when isVector => Norm(layer, x, axes, KeepsOf(call)),
            1 when isVector => layer.Reduce(Aggregate.Sum, layer.Unary(UnaryKind.Absolute, layer.Float(x)), axes, KeepsOf(call)),
            _ => throw new LayerNotSupportedException("only the Euclidean norm and that of order 1 of vectors are supported"),
        };
    }

    private static Value Norm(LayerContext layer, Value x, int[]? axes, bool keeps) => layer.Unary(
        UnaryKind.SquareRoot, layer.Reduce(Aggregate.Sum, layer.Unary(UnaryKind.Square, layer.Float(x)), axes, keeps));

    private static Value Normalize(LayerContext layer, Arguments call)
    {
        var order = call.Number("order|ord") ?? 2;

        // TensorFlow limits the sum of the squares, keras.ops its root.
        var epsilon = call.Number("epsilon");
        var least = call.Family == FunctionFamily.Keras ? Math.Pow(epsilon ?? 1e-7, 2) : epsilon ?? 1e-12;
        return order == 2
            ? layer.Normalize(X(call), call.Wholes("axis") ?? [-1], least)
            : throw new LayerNotSupportedException("only the Euclidean norm is supported");
    }

    /// <summary>x, or shorter where it is longer than the limit.</summary>
    private static Value ClipByNorm(LayerContext layer, Arguments call)
    {
        var (x, limit) = (layer.Float(call.Tensor("t", 0)), call.Tensor("clip_norm", 1));
        var length = Norm(layer, x, call.Wholes("axes", 2), keeps: true);
        return layer.Arithmetic(
            ArithmeticKind.Divide, layer.Multiply(x, limit), layer.Arithmetic(ArithmeticKind.Maximum, length, limit));
    }

    private static IReadOnlyList<Value> Moments(LayerContext layer, Arguments call)
    {
        var (x, axes, keeps) = (X(call), AxesOf(call), KeepsOf(call));
        return [layer.Reduce(Aggregate.Average, x, axes, keeps), layer.Variance(x, axes, keeps)];
    }

    /// <summary>TensorFlow's functions take the first axis unless told otherwise, those of <c>keras.ops</c> all elements in a row.</summary>
    private static Value Argument(LayerContext layer, Arguments call, bool greatest)
    {
        var isKeras = call.Family == FunctionFamily.Keras;
        var type = call.Type("output_type") ?? (isKeras ? ElementType.Int32 : ElementType.Int64);
        var x = X(call);
        if (call.Whole("axis|dimension", 1) is not { } axis)
        {
            (x, axis) = isKeras ? (layer.Reshape(x, [-1]), 0) : (x, 0);
        }

        var places = layer.Argument(greatest, x, axis, type);
        return KeepsOf(call) ? layer.ExpandDimensions(places, [layer.Axis(x, axis)]) : places;
    }

    private static Value CumulativeSum(LayerContext layer, Arguments call)
    {
        var x = X(call);
        var (axis, isFlat) = (call.Whole("axis", 1), call.Family == FunctionFamily.Keras);
        x = axis is null && isFlat ? layer.Reshape(x, [-1]) : x;
        return layer.Emit(
            new CumulativeSum(layer.Axis(x, axis ?? 0), call.Flag("exclusive"), call.Flag("reverse")), x.Shape, x);
    }

    /// <summary>Along an axis in ascending order, unless told otherwise; equals in their order.</summary>
    private static (Value Values, Value Places) Sorted(LayerContext layer, Arguments call)
    {
        var x = call.Tensor("values|x", 0);
        var axis = layer.Axis(x, call.Whole("axis", 1) ?? -1);
        var isAscending = call.Text("direction", 2) is null or "ASCENDING";
        var last = layer.MoveAxis(x, axis, -1);
        var first = isAscending ? layer.Unary(UnaryKind.Negate, last) : last;
        var sorted = layer.EmitSeveral(
            new TopElements(last.Shape[^1]), [(last.Shape, first.Type), (last.Shape, ElementType.Int32)], first);
        return (
            layer.MoveAxis(isAscending ? layer.Unary(UnaryKind.Negate, sorted[0]) : sorted[0], -1, axis),
            layer.MoveAxis(sorted[1], -1, axis));
    }

    private static IReadOnlyList<Value> TopElements(LayerContext layer, Arguments call)
    {
        var (x, count) = (X(call), call.Whole("k", 1) ?? 1);
        if (x.Rank == 0 || count < 1 || count > x.Shape[^1])
        {
            throw new LayerNotSupportedException($"it takes the {count} greatest of {TensorShape.Text(x.Shape)}");
        }

        int[] shape = [.. x.Shape.SkipLast(1), count];
        return layer.EmitSeveral(new TopElements(count), [(shape, x.Type), (shape, ElementType.Int32)], x);
    }
}

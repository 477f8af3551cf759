using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using static EdgeBench.Models.Lowering.Functions.NamedFunction;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Functions that multiply matrices.</summary>
internal static class ProductTable
{
    /// <summary>The functions.</summary>
    public static IReadOnlyList<NamedFunction> Functions { get; } =
    [
        Of("matmul mat_mul batch_mat_mul batch_mat_mul_v2 batch_mat_mul_v3", (layer, call) => layer.MatrixProduct(
            X(call), Y(call), call.Flag("transpose_a|adjoint_a|adj_x"), call.Flag("transpose_b|adjoint_b|adj_y"))),
        Of("matvec", (layer, call) => layer.Squeeze(
            layer.MatrixProduct(X(call), layer.ExpandDimensions(Y(call), [-1]), call.Flag("transpose_a|adjoint_a"), false), [-1])),
        Of("dot", Dot),
        Of("batch_dot", BatchDot),
        Of("tensordot", TensorDot),
        Of("einsum", (layer, call) => layer.Einsum(
            call.Text("subscripts") ?? call.Text("equation", 0) ?? throw new LayerNotSupportedException("its argument 'equation' is missing"),
            layer.Inputs)),
        Of("outer", (layer, call) => layer.Multiply(
            layer.Reshape(X(call), [-1, 1]), layer.Reshape(Y(call), [1, -1]))),
    ];

    private static Value X(Arguments call) => call.Tensor("a|x|x1", 0);

    private static Value Y(Arguments call) => call.Tensor("b|y|x2", 1);

    /// <summary>The sum runs over the last axis of x and the last but one of y.</summary>
    private static Value Dot(LayerContext layer, Arguments call)
    {
        var (x, y) = (X(call), Y(call));
        return x.Rank == 0 || y.Rank == 0 ? layer.Multiply(x, y)
            : y.Rank <= 2 ? layer.MatrixProduct(x, y)
            : layer.Contract(x, y, [x.Rank - 1], [y.Rank - 2]);
    }

    private static Value BatchDot(LayerContext layer, Arguments call)
    {
        var (x, y) = (X(call), Y(call));
        var axes = call.Wholes("axes", 2) ?? [x.Rank - 1, Math.Max(y.Rank - 2, 1)];
        return layer.BatchDot(x, y, axes[0], axes[^1]);
    }

    /// <summary>The sum runs over the last so many axes of x and the first of y, or over the axes that are named.</summary>
    private static Value TensorDot(LayerContext layer, Arguments call)
    {
        var (x, y) = (X(call), Y(call));
        var axes = call.Tensor("axes", 2);
        if (!axes.IsConstant)
        {
            throw new LayerNotSupportedException("the axes that it sums over are not known before it runs");
        }

        int[] numbers = Array.ConvertAll(axes.Exact(), axis => (int)axis);
        return axes.Rank == 0
            ? layer.Contract(
                x, y, [.. Enumerable.Range(x.Rank - numbers[0], numbers[0])], [.. Enumerable.Range(0, numbers[0])])
            : layer.Contract(x, y, numbers[..(numbers.Length / 2)], numbers[(numbers.Length / 2)..]);
    }
}

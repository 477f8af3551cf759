using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Steps of a rule that multiply matrices.</summary>
internal static class ProductFunctions
{
    /// <summary>Products of matrices as numpy has them: a vector on the left is a row, on the right a column, and vanishes; dimensions
    /// before the last two meet element by element.</summary>
    public static Value MatrixProduct(
        this LayerContext layer, Value x, Value y, bool transposeLeft = false, bool transposeRight = false)
    {
        (x, y) = (layer.Float(x), layer.Float(y));
        if (x.Rank == 0 || y.Rank == 0)
        {
            throw new LayerNotSupportedException("a number is no matrix to multiply with");
        }

        if (x.Rank == 1 || y.Rank == 1)
        {
            var matrices = layer.MatrixProduct(
                x.Rank == 1 ? layer.Reshape(x, [1, x.Shape[0]]) : x, y.Rank == 1 ? layer.Reshape(y, [y.Shape[0], 1]) : y,
                transposeLeft && x.Rank > 1, transposeRight && y.Rank > 1);
            List<int> shape = [.. matrices.Shape];
            if (y.Rank == 1)
            {
                shape.RemoveAt(shape.Count - 1);
            }

            if (x.Rank == 1)
            {
                shape.RemoveAt(matrices.Rank - 2);
            }

            return layer.Reshape(matrices, shape);
        }

        if (y is { IsConstant: true, Rank: 2 })
        {
            return layer.Weighted(transposeLeft ? layer.SwapMatrix(x) : x, transposeRight ? layer.SwapMatrix(y) : y, bias: null);
        }

        var rank = Math.Max(x.Rank, y.Rank);
        (x, y) = (Raise(layer, x, rank), Raise(layer, y, rank));
        var (rows, left) = transposeLeft ? (x.Shape[^1], x.Shape[^2]) : (x.Shape[^2], x.Shape[^1]);
        var (right, columns) = transposeRight ? (y.Shape[^1], y.Shape[^2]) : (y.Shape[^2], y.Shape[^1]);
        var batch = MergeRules.Broadcast([.. x.Shape.SkipLast(2)], [.. y.Shape.SkipLast(2)]);
        return left == right && batch is not null
            ? layer.Emit(new BatchedMatrixProduct(transposeLeft, transposeRight), [.. batch, rows, columns], x, y)
            : throw new LayerNotSupportedException(
                $"matrices of {TensorShape.Text(x.Shape)} and {TensorShape.Text(y.Shape)} cannot be multiplied");
    }

    /// <summary>Product with weights over the last dimension, of which there are at least two.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="kernel">The constant (in, out).</param>
    /// <param name="bias">The constant (out); or null.</param>
    public static Value Weighted(this LayerContext layer, Value x, Value kernel, Value? bias) => x.Shape[^1] == kernel.Shape[0]
        ? layer.Emit(
            new MatrixProduct(), [.. x.Shape.SkipLast(1), kernel.Shape[1]], bias is null ? [x, kernel] : [x, kernel, bias])
        : throw new LayerNotSupportedException(
            $"a tensor of the shape {TensorShape.Text(x.Shape)} cannot be multiplied with weights of {TensorShape.Text(kernel.Shape)}");

    /// <summary>The tensor with at least two dimensions.</summary>
    public static Value AtLeastMatrix(this LayerContext layer, Value x) => x.Rank == 1 ? layer.Reshape(x, [1, x.Shape[0]]) : x;

    /// <summary>The last two dimensions the other way round.</summary>
    public static Value SwapMatrix(this LayerContext layer, Value x) =>
        layer.Transpose(x, [.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2]);

    private static Value Raise(LayerContext layer, Value x, int rank) =>
        layer.Reshape(x, [.. Enumerable.Repeat(1, rank - x.Rank), .. x.Shape]);
}

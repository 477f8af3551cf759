using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>
/// Sums of products over named axes, such as <c>abc,cd->abd</c>: as a product of matrices, with transpositions only where the axes do not
/// stand as it needs them.
/// </summary>
internal static class EinsteinSum
{
    /// <summary>Stand for the axes of an ellipsis, from the last to the first; no equation can name them.</summary>
    private const char FirstHidden = '\u2460';

    /// <summary>A tensor whose axes have names.</summary>
    private readonly record struct Named(Value Value, string Axes);

    /// <param name="layer">The layer.</param>
    /// <param name="equation">The equation; without an arrow the names that occur once, in alphabetical order, are kept.</param>
    /// <param name="values">The tensors.</param>
    public static Value Einsum(this LayerContext layer, string equation, IReadOnlyList<Value> values)
    {
        var (terms, result) = Parse(equation, values);
        var operands = values.Zip(terms, (value, axes) => Distinct(new Named(layer.Float(value), axes))).ToList();
        while (operands.Count > 1)
        {
            var later = string.Concat(operands.Skip(2).Select(operand => operand.Axes)) + result;
            operands = [Multiply(layer, operands[0], operands[1], later, bias: null), .. operands.Skip(2)];
        }

        return Arrange(layer, Sum(layer, operands[0], result), result);
    }

    /// <summary>A product with weights, and a bias that meets the result element by element.</summary>
    public static Value EinsumWithBias(this LayerContext layer, string equation, Value x, Value kernel, Value? bias)
    {
        var (terms, result) = Parse(equation, [x, kernel]);
        var (left, right) = (Distinct(new Named(layer.Float(x), terms[0])), Distinct(new Named(kernel, terms[1])));

        // One value for each column of the kernel goes into the product.
        var columns = string.Concat(right.Axes.Except(left.Axes));
        var isOfColumns = bias is not null && columns.Length > 0 && result.EndsWith(columns, StringComparison.Ordinal)
            && bias.Count == TensorShape.Joined(Sizes(right, columns)) && right.Axes.All(axis => columns.Contains(axis, StringComparison.Ordinal)
                || !result.Contains(axis, StringComparison.Ordinal));
        var product = Arrange(layer, Multiply(layer, left, right, result, isOfColumns ? bias : null), result);
        return bias is null || isOfColumns ? product : layer.Add(product, bias);
    }

    /// <summary>The sum of products over pairs of axes; those that remain of x come before those of y.</summary>
    public static Value Contract(this LayerContext layer, Value x, Value y, IReadOnlyList<int> ofX, IReadOnlyList<int> ofY)
    {
        var left = Enumerable.Range(0, x.Rank).Select(axis => (char)('a' + axis)).ToArray();
        var right = Enumerable.Range(0, y.Rank).Select(axis => (char)('A' + axis)).ToArray();
        foreach (var (first, second) in ofX.Zip(ofY))
        {
            right[layer.Axis(y, second)] = left[layer.Axis(x, first)];
        }

        var result = string.Concat(left.Except(right)) + string.Concat(right.Except(left));
        return layer.Einsum($"{new string(left)},{new string(right)}->{result}", [x, y]);
    }

    /// <summary>For each sample the sum of products over an axis of x and one of y, the samples along axis 0 of both.</summary>
    public static Value BatchDot(this LayerContext layer, Value x, Value y, int axisOfX, int axisOfY)
    {
        var left = Enumerable.Range(0, x.Rank).Select(axis => (char)('a' + axis)).ToArray();
        var right = Enumerable.Range(0, y.Rank).Select(axis => (char)('A' + axis)).ToArray();
        right[0] = left[0];
        right[layer.Axis(y, axisOfY)] = left[layer.Axis(x, axisOfX)];
        var result = left[0] + string.Concat(left.Except(right)) + string.Concat(right.Except(left));
        return layer.Einsum($"{new string(left)},{new string(right)}->{result}", [x, y]);
    }

    /// <summary>The axes of every operand and of the result, an ellipsis written out.</summary>
    private static (List<string> Terms, string Result) Parse(string equation, IReadOnlyList<Value> values)
    {
        var sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        var terms = sides[0].Split(',');
        if (terms.Length != values.Count || sides.Length > 2)
        {
            throw new LayerNotSupportedException($"the equation '{equation}' does not fit {values.Count} tensors");
        }

        var hidden = terms.Zip(values, (term, value) =>
            term.Contains("...", StringComparison.Ordinal) ? value.Rank - (term.Length - 3) : 0).Max();
        var written = terms.Zip(values, (term, value) => Write(term, value.Rank - (term.Length - 3))).ToList();
        for (var i = 0; i < written.Count; i++)
        {
            if (written[i].Length != values[i].Rank)
            {
                throw new LayerNotSupportedException(
                    $"'{terms[i]}' of the equation '{equation}' does not fit a tensor of the shape {TensorShape.Text(values[i].Shape)}");
            }
        }

        var names = string.Concat(written);
        var result = sides.Length == 2
            ? Write(sides[1], hidden)
            : Hidden(hidden) + string.Concat(names.Where(name => name < FirstHidden && names.Count(other => other == name) == 1).Order());
        return result.All(name => names.Contains(name, StringComparison.Ordinal)) && result.Distinct().Count() == result.Length
            ? (written, result)
            : throw new LayerNotSupportedException($"the equation '{equation}' has a result that cannot be");

        static string Write(string term, int count) => term.Replace("...", Hidden(count), StringComparison.Ordinal);

        static string Hidden(int count) =>
            string.Concat(Enumerable.Range(0, Math.Max(count, 0)).Reverse().Select(i => (char)(FirstHidden + i)));
    }

    private static Named Distinct(Named operand) => operand.Axes.Distinct().Count() == operand.Axes.Length
        ? operand
        : throw new LayerNotSupportedException($"'{operand.Axes}' in its equation takes a diagonal, which is not supported");

    /// <summary>Sums over the axes that nothing needs any more.</summary>
    private static Named Sum(LayerContext layer, Named operand, string needed)
    {
        int[] gone = [.. operand.Axes.Index().Where(axis => !needed.Contains(axis.Item, StringComparison.Ordinal)).Select(axis => axis.Index)];
        return gone.Length == 0
            ? operand
            : new Named(
                layer.Reduce(Aggregate.Sum, operand.Value, gone),
                string.Concat(operand.Axes.Where(axis => needed.Contains(axis, StringComparison.Ordinal))));
    }

    private static Named Multiply(LayerContext layer, Named left, Named right, string needed, Value? bias)
    {
        left = Sum(layer, left, needed + right.Axes);
        right = Sum(layer, right, needed + left.Axes);
        var shared = left.Axes.Where(axis => right.Axes.Contains(axis, StringComparison.Ordinal)).ToArray();
        var batch = string.Concat(shared.Where(axis => needed.Contains(axis, StringComparison.Ordinal)));
        var contracted = string.Concat(shared.Except(batch));
        var rows = string.Concat(left.Axes.Except(shared));
        var columns = string.Concat(right.Axes.Except(shared));
        if (right.Value.IsConstant && batch.Length == 0 && contracted.Length > 0)
        {
            return Weighted(layer, left, right, (rows, contracted, columns), bias);
        }

        if (rows.Length + columns.Length == 0)
        {
            return Sum(layer, Meet(layer, left, right, columns), batch);
        }

        if (contracted.Length == 0)
        {
            return Meet(layer, left, right, columns);
        }

        var (x, transposeLeft) = Matrices(layer, left, batch, rows, contracted);
        var (y, transposeRight) = Matrices(layer, right, batch, contracted, columns);
        var product = layer.MatrixProduct(x, y, transposeLeft, transposeRight);
        return new Named(layer.Reshape(product, [.. Sizes(left, batch + rows), .. Sizes(right, columns)]), batch + rows + columns);
    }

    private static Named Weighted(
        LayerContext layer, Named left, Named right, (string Rows, string Contracted, string Columns) axes, Value? bias)
    {
        var (rows, contracted, columns) = axes;
        // The order in which the axes are summed up is free: that of the tensor costs nothing where they stand last.
        contracted = string.Concat(left.Axes.Where(axis => contracted.Contains(axis, StringComparison.Ordinal)));
        var x = Arrange(layer, left, rows + contracted);
        int[] outer = rows.Length == 0 ? [1] : Sizes(left, rows);
        var kernel = layer.Reshape(
            Arrange(layer, right, contracted + columns), [TensorShape.Joined(Sizes(right, contracted)), TensorShape.Joined(Sizes(right, columns))]);
        var product = layer.Weighted(layer.Reshape(x, [.. outer, kernel.Shape[0]]), kernel, bias?.Reshaped([kernel.Shape[1]]));
        return new Named(layer.Reshape(product, [.. Sizes(left, rows), .. Sizes(right, columns)]), rows + columns);
    }

    /// <summary>Without an axis to sum over it is a product of elements, in the order of the first.</summary>
    private static Named Meet(LayerContext layer, Named left, Named right, string columns)
    {
        var shared = string.Concat(left.Axes.Where(axis => right.Axes.Contains(axis, StringComparison.Ordinal)));
        var x = layer.Reshape(left.Value, [.. left.Value.Shape, .. columns.Select(_ => 1)]);
        var y = layer.Reshape(
            Arrange(layer, right, shared + columns),
            [
                .. left.Axes.Select(axis => shared.Contains(axis, StringComparison.Ordinal) ? Sizes(right, [axis])[0] : 1),
                .. Sizes(right, columns),
            ]);
        return new Named(layer.Multiply(x, y), left.Axes + columns);
    }

    /// <summary>A tensor as matrices, and whether they stand transposed; they are not turned where the operator can read them so.</summary>
    private static (Value Value, bool IsTransposed) Matrices(LayerContext layer, Named operand, string batch, string rows, string columns)
    {
        var isTransposed = operand.Axes != batch + rows + columns && operand.Axes == batch + columns + rows;
        var (first, second) = isTransposed ? (columns, rows) : (rows, columns);
        var arranged = isTransposed ? operand.Value : Arrange(layer, operand, batch + rows + columns);
        int[] outer = batch.Length == 0 ? [1] : Sizes(operand, batch);
        return (layer.Reshape(arranged, [.. outer, TensorShape.Joined(Sizes(operand, first)), TensorShape.Joined(Sizes(operand, second))]), isTransposed);
    }

    private static Value Arrange(LayerContext layer, Named operand, string axes) =>
        layer.Transpose(operand.Value, [.. axes.Select(axis => operand.Axes.IndexOf(axis, StringComparison.Ordinal))]);

    private static int[] Sizes(Named operand, IEnumerable<char> axes) =>
        [.. axes.Select(axis => operand.Value.Shape[operand.Axes.IndexOf(axis, StringComparison.Ordinal)])];
}

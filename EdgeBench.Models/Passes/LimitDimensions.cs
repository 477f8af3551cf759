using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>
/// Operators on tensors of more than four dimensions that TFLite's kernels do not take, or end the process on: those that repeat elements,
/// multiply matrices or turn a tensor round. Dimensions side by side that are treated alike become one, and come back behind the operator;
/// the batch stays by itself.
/// </summary>
internal static class LimitDimensions
{
    /// <summary>As many dimensions as every kernel takes.</summary>
    public const int Most = 4;

    /// <summary>As many as a transposition takes.</summary>
    public const int MostTransposed = 5;

    private const int MiddleAxis = 2;

    private static readonly Comparer<int[]> ByFirst = Comparer<int[]>.Create((x, y) => x[0].CompareTo(y[0]));

    public static Graph Run(Graph graph, List<string> changes) => GraphEditing.ReplaceEach(
        graph, changes, step => step.Output.Rank > Most && Limited(step) is { } limited
            ? (limited, $"gave {GraphEditing.Describe(step)} fewer dimensions")
            : null);

    /// <summary>The operator on fewer dimensions; null where it takes them all, or none are found.</summary>
    private static IEnumerable<Operator>? Limited(Operator step) => step.Operation switch
    {
        Arithmetic or ParametricRelu or Comparison or Logic or Selection
            when Joined([.. step.Inputs.Select(input => input.Shape)]) is { } shapes => Around(step, step.Operation, shapes),
        BatchedMatrixProduct when step.Inputs.All(input => input.Shape.SkipLast(2).SequenceEqual(step.Output.Shape.SkipLast(2))) =>
            Around(step, step.Operation, [.. step.Inputs.Select(Matrices)], Matrices(step.Output)),
        Transposition transposition when step.Output.Rank > MostTransposed
            && Groups(transposition.Order) is { Count: <= MostTransposed } groups => Around(
                step, new Transposition(Places(groups)), [Sizes(step.Input, groups.Order(ByFirst))], Sizes(step.Input, groups)),
        ScaleShift scaling when scaling.Axis < step.Output.Rank - 1 =>
            Around(
                step, new ScaleShift(MiddleAxis),
                [Middle(step.Output, scaling.Axis), .. step.Inputs.Skip(1).Select(input => input.Shape)]),
        Standardization { Groups: 1 } standardization when Merged(step.Output, standardization.Axes) is var (shape, axes) =>
            Around(step, standardization with { Axes = axes }, [shape]),
        RootMeanSquareScaling scaling when Merged(step.Output, scaling.Axes) is var (shape, axes) =>
            Around(step, scaling with { Axes = axes }, [shape]),
        UnitScaling scaling when Merged(step.Output, scaling.Axes) is var (shape, axes) =>
            Around(step, scaling with { Axes = axes }, [shape]),
        Softmax softmax when softmax.Axis < step.Output.Rank - 1 =>
            Around(step, softmax with { Axis = MiddleAxis }, [Middle(step.Output, softmax.Axis)]),
        Activation activation when NeedsConstants(activation) =>
            Around(step, step.Operation, [[step.Output.Shape[0], TensorShape.Joined(step.Output.Shape.Skip(1))]]),
        _ => null,
    };

    /// <summary>Activations that are written with operators of two tensors, of which one is a number.</summary>
    private static bool NeedsConstants(Activation activation) => activation.Kind is ActivationKind.Clip or ActivationKind.ThresholdedRelu
        or ActivationKind.Selu or ActivationKind.Celu or ActivationKind.Softsign or ActivationKind.Mish or ActivationKind.LogSigmoid
        or ActivationKind.HardShrink or ActivationKind.SoftShrink or ActivationKind.Squareplus;

    /// <summary>Dimensions that stay side by side in a transposition, in its order.</summary>
    private static List<int[]> Groups(IReadOnlyList<int> order)
    {
        var groups = new List<int[]>();
        foreach (var axis in order)
        {
            if (groups.Count > 0 && groups[^1][^1] == axis - 1)
            {
                groups[^1] = [.. groups[^1], axis];
            }
            else
            {
                groups.Add([axis]);
            }
        }

        return groups;
    }

    /// <summary>The place that each of the groups has among them before they are transposed.</summary>
    private static int[] Places(List<int[]> groups) => [.. groups.Select(group => groups.Count(other => other[0] < group[0]))];

    private static int[] Sizes(Value value, IEnumerable<int[]> groups) =>
        [.. groups.Select(group => TensorShape.Joined(group.Select(axis => value.Shape[axis])))];

    /// <summary>Batch, all other matrices of a sample, rows, columns.</summary>
    private static int[] Matrices(Value value) =>
        [value.Shape[0], TensorShape.Joined(value.Shape.SkipLast(2).Skip(1)), value.Shape[^2], value.Shape[^1]];

    /// <summary>Dimensions side by side that are all among some axes, or all not, as one; the batch by itself.</summary>
    private static (int[] Shape, int[] Axes) Merged(Value value, IReadOnlyList<int> axes)
    {
        List<int> shape = [value.Shape[0]];
        List<int> merged = [];
        for (var axis = 1; axis < value.Rank; axis++)
        {
            var isIn = axes.Contains(axis);
            if (axis > 1 && isIn == axes.Contains(axis - 1))
            {
                shape[^1] *= value.Shape[axis];
                continue;
            }

            if (isIn)
            {
                merged.Add(shape.Count);
            }

            shape.Add(value.Shape[axis]);
        }

        return ([.. shape], [.. merged]);
    }

    /// <summary>Batch, what stands before an axis, the axis, what stands behind it.</summary>
    private static int[] Middle(Value value, int axis) =>
        [value.Shape[0], TensorShape.Joined(value.Shape.Take(axis).Skip(1)), value.Shape[axis], TensorShape.Joined(value.Shape.Skip(axis + 1))];

    /// <summary>Shapes with fewer dimensions for tensors that meet element by element; null where none are needed or found.</summary>
    private static List<List<int>>? Joined(IReadOnlyList<IReadOnlyList<int>> shapes)
    {
        var rank = shapes.Max(shape => shape.Count);
        if (shapes.All(shape => shape.SequenceEqual(shapes[0])))
        {
            return null;
        }

        var raised = shapes.Select(shape => Enumerable.Repeat(1, rank - shape.Count).Concat(shape).ToArray()).ToList();
        var results = raised.Select(shape => new List<int> { shape[0] }).ToList();
        List<bool>? repeated = null;
        foreach (var axis in Enumerable.Range(1, rank - 1).Where(axis => raised.Exists(shape => shape[axis] > 1)))
        {
            var here = raised.ConvertAll(shape => shape[axis] == 1);
            var merges = repeated is not null && here.SequenceEqual(repeated);
            for (var i = 0; i < raised.Count; i++)
            {
                if (merges)
                {
                    results[i][^1] *= raised[i][axis];
                }
                else
                {
                    results[i].Add(raised[i][axis]);
                }
            }

            repeated = here;
        }

        return results[0].Count <= Most ? results : null;
    }

    /// <param name="step">The operator.</param>
    /// <param name="operation">What it does on fewer dimensions.</param>
    /// <param name="shapes">Shapes of its inputs then.</param>
    /// <param name="result">Shape of its output then; where it is null, that in which the inputs meet.</param>
    private static IEnumerable<Operator> Around(
        Operator step, Operation operation, IReadOnlyList<IReadOnlyList<int>> shapes, IReadOnlyList<int>? result = null)
    {
        var inputs = new List<Value>();
        foreach (var (input, shape) in step.Inputs.Zip(shapes))
        {
            var viewed = input.IsConstant ? input.Reshaped(shape) : new Value(input.Name, shape, input.Type);
            inputs.Add(viewed);
            if (!input.IsConstant)
            {
                yield return new Operator(new Reshaping(), [input], [viewed], step.Sources);
            }
        }

        var rank = shapes.Max(shape => shape.Count);
        var output = new Value(
            step.Output.Name,
            result ?? [.. Enumerable.Range(0, rank).Select(axis => shapes.Max(shape => shape.Count == rank ? shape[axis] : 1))],
            step.Output.Type);
        yield return new Operator(operation, inputs, [output], step.Sources);
        yield return new Operator(new Reshaping(), [output], step.Outputs, step.Sources);
    }
}

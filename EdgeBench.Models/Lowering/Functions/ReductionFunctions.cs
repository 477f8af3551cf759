using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Steps of a rule that reduce axes to one value.</summary>
internal static class ReductionFunctions
{
    /// <param name="layer">The layer.</param>
    /// <param name="aggregate">What is computed.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes; all where it is null.</param>
    /// <param name="keepDimensions">Whether they stay, with a size of 1.</param>
    public static Value Reduce(
        this LayerContext layer, Aggregate aggregate, Value x, IReadOnlyList<int>? axes, bool keepDimensions = false)
    {
        x = aggregate switch
        {
            Aggregate.Average => layer.Float(x),
            Aggregate.Any or Aggregate.All => layer.Truth(x),
            _ when x.Type == ElementType.Bool => layer.Cast(x, ElementType.Int32),
            _ => x,
        };
        int[] all = axes is null ? [.. Enumerable.Range(0, x.Rank)] : [.. axes.Select(axis => layer.Axis(x, axis)).Distinct().Order()];
        if (all.Length == 0)
        {
            return layer.Same(x);
        }

        IReadOnlyList<int> shape = keepDimensions
            ? [.. x.Shape.Select((size, axis) => all.Contains(axis) ? 1 : size)]
            : [.. x.Shape.Where((_, axis) => !all.Contains(axis))];
        return layer.Emit(new Reduction(aggregate, all, keepDimensions), shape, x);
    }

    /// <summary>Mean of the squared distances from the mean.</summary>
    public static Value Variance(this LayerContext layer, Value x, IReadOnlyList<int>? axes, bool keepDimensions)
    {
        var mean = layer.Reduce(Aggregate.Average, x, axes, keepDimensions: true);
        return layer.Reduce(
            Aggregate.Average, layer.Arithmetic(ArithmeticKind.SquaredDifference, x, mean), axes, keepDimensions);
    }

    /// <summary>log(sum(exp(x))), without exponents beyond what a float holds.</summary>
    public static Value LogSumExp(this LayerContext layer, Value x, IReadOnlyList<int>? axes, bool keepDimensions)
    {
        var greatest = layer.Reduce(Aggregate.Maximum, layer.Float(x), axes, keepDimensions: true);
        var exponentials = layer.Activate(layer.Subtract(x, greatest), ActivationKind.Exponential);
        var sum = layer.Unary(UnaryKind.Logarithm, layer.Reduce(Aggregate.Sum, exponentials, axes, keepDimensions));
        return layer.Add(sum, layer.Reshape(greatest, sum.Shape));
    }

    /// <summary>x / sqrt(max(sum(x^2), epsilon)).</summary>
    public static Value Normalize(this LayerContext layer, Value x, IReadOnlyList<int>? axes, double epsilon)
    {
        const double EpsilonOfOperator = 1e-12;
        if (epsilon == EpsilonOfOperator && axes is [var axis] && layer.Axis(x, axis) == x.Rank - 1)
        {
            return layer.L2Normalize(x, axis);
        }

        var squares = layer.Reduce(Aggregate.Sum, layer.Unary(UnaryKind.Square, layer.Float(x)), axes, keepDimensions: true);
        return layer.Multiply(
            x, layer.Unary(UnaryKind.ReciprocalSquareRoot, layer.Arithmetic(ArithmeticKind.Maximum, squares, epsilon)));
    }

    /// <summary>Vectors along an axis divided by their length, or by 1e-6 where they are shorter.</summary>
    public static Value L2Normalize(this LayerContext layer, Value x, int axis)
    {
        const double Least = 1e-6;
        var place = layer.Axis(x, axis);
        var last = layer.MoveAxis(layer.Float(x), place, -1);
        return layer.MoveAxis(layer.Emit(new UnitScaling([last.Rank - 1], Least), last.Shape, last), -1, place);
    }

    /// <summary>Where along an axis the greatest or least element stands.</summary>
    public static Value Argument(this LayerContext layer, bool greatest, Value x, int axis, ElementType type)
    {
        var place = layer.Axis(x, axis);
        return layer.Emit(new ArgumentOf(greatest, place, type), [.. x.Shape.Where((_, i) => i != place)], x);
    }
}

namespace EdgeBench.Models.Graphs;

/// <summary>Computes operators on constants alone, in double precision: arithmetic on shapes, and what an author wrote around
/// constants.</summary>
internal static class ConstantFolding
{
    /// <summary>Beyond that a file would hold what is computed sooner than it is read.</summary>
    private const long MaximumElements = 1 << 22;

    /// <summary>The values of an operator's output; null where it is not computed here.</summary>
    /// <param name="operation">What it does.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="shape">Shape of its output.</param>
    public static double[]? Run(Operation operation, IReadOnlyList<Value> inputs, IReadOnlyList<int> shape)
    {
        if (inputs.Any(input => !input.IsConstant) || TensorShape.Count(shape) > MaximumElements)
        {
            return null;
        }

        return operation switch
        {
            Reshaping or Identity => inputs[0].Exact(),
            Cast cast => Array.ConvertAll(inputs[0].Exact(), number => cast.Type.Cast(number)),
            Unary unary when Function(unary.Kind) is { } function => Array.ConvertAll(inputs[0].Exact(), value => function(value)),
            Arithmetic arithmetic => Meet(inputs, shape, x => Compute(arithmetic.Kind, x[0], x[1], inputs[0].Type)),
            Comparison comparison => Meet(inputs, shape, x => Holds(comparison.Kind, x[0], x[1]) ? 1 : 0),
            Logic logic => Meet(inputs, shape, x => Holds(logic.Kind, x[0] != 0, x[1] != 0) ? 1 : 0),
            Selection => Meet(inputs, shape, x => x[0] != 0 ? x[1] : x[2]),
            Transposition transposition => Pick(inputs[0], shape, (place, source) =>
            {
                for (var axis = 0; axis < place.Length; axis++)
                {
                    source[transposition.Order[axis]] = place[axis];
                }
            }),
            Slicing slicing => Pick(inputs[0], slicing.Sizes, (place, source) =>
            {
                for (var axis = 0; axis < place.Length; axis++)
                {
                    source[axis] = slicing.Begin[axis] + (place[axis] * slicing.Strides[axis]);
                }
            }),
            Tile => Pick(inputs[0], shape, (place, source) =>
            {
                for (var axis = 0; axis < place.Length; axis++)
                {
                    source[axis] = place[axis] % inputs[0].Shape[axis];
                }
            }),
            Gather gather => Gathered(inputs[0], inputs[1], gather.Axis, shape),
            Concatenation concatenation => Joined(inputs, concatenation.Axis, shape),
            Stacking stacking => Joined(
                [.. inputs.Select(input => input.Reshaped([.. shape.Select((size, axis) => axis == stacking.Axis ? 1 : size)]))],
                stacking.Axis, shape),
            Reduction reduction when reduction.Aggregate != Aggregate.Average || inputs[0].Type == ElementType.Float32 =>
                Reduced(inputs[0], reduction),
            _ => null,
        };
    }

    private static double[] Meet(IReadOnlyList<Value> inputs, IReadOnlyList<int> shape, Func<double[], double> compute)
    {
        var values = inputs.Select(input => input.Exact()).ToArray();
        var steps = inputs.Select(input => Steps(input.Shape, shape.Count)).ToArray();
        var operands = new double[inputs.Count];
        return Fill(shape, place =>
        {
            for (var i = 0; i < operands.Length; i++)
            {
                operands[i] = values[i][Offset(place, steps[i])];
            }

            return compute(operands);
        });
    }

    private static double[] Pick(Value input, IReadOnlyList<int> shape, Action<int[], int[]> locate)
    {
        var (values, steps, source) = (input.Exact(), Steps(input.Shape, input.Rank, repeats: false), new int[input.Rank]);
        return Fill(shape, place =>
        {
            locate(place, source);
            return values[Offset(source, steps)];
        });
    }

    private static double[] Gathered(Value data, Value places, int axis, IReadOnlyList<int> shape)
    {
        var (chosen, steps) = (places.Exact(), Steps(places.Shape, places.Rank, repeats: false));
        return Pick(data, shape, (place, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                source[i] = i < axis ? place[i] : i > axis ? place[i + places.Rank - 1] : (int)chosen[Offset(place.AsSpan(axis), steps)];
            }
        });
    }

    private static double[] Joined(IReadOnlyList<Value> inputs, int axis, IReadOnlyList<int> shape)
    {
        var parts = inputs.Select(input => (Values: input.Exact(), Steps: Steps(input.Shape, input.Rank, repeats: false))).ToArray();
        return Fill(shape, place =>
        {
            var (within, part) = ((int[])place.Clone(), 0);
            for (; within[axis] >= inputs[part].Shape[axis]; part++)
            {
                within[axis] -= inputs[part].Shape[axis];
            }

            return parts[part].Values[Offset(within, parts[part].Steps)];
        });
    }

    private static double[] Reduced(Value input, Reduction reduction)
    {
        int[] kept = [.. input.Shape.Select((size, axis) => reduction.Axes.Contains(axis) ? 1 : size)];
        var steps = Steps(kept, kept.Length);
        var groups = new List<double>[TensorShape.Count(kept)];
        var (values, at) = (input.Exact(), 0);
        Fill(input.Shape, place =>
        {
            (groups[Offset(place, steps)] ??= []).Add(values[at]);
            return values[at++];
        });
        return Array.ConvertAll(groups, group => reduction.Aggregate switch
        {
            Aggregate.Maximum or Aggregate.Any => group.Max(),
            Aggregate.Minimum or Aggregate.All => group.Min(),
            Aggregate.Sum => group.Sum(),
            Aggregate.Product => group.Aggregate(1.0, (product, value) => product * value),
            _ => group.Average(),
        });
    }

    private static double[] Fill(IReadOnlyList<int> shape, Func<int[], double> valueAt)
    {
        var (values, place) = (new double[TensorShape.Count(shape)], new int[shape.Count]);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = valueAt(place);
            for (var axis = place.Length - 1; axis >= 0 && ++place[axis] == shape[axis]; axis--)
            {
                place[axis] = 0;
            }
        }

        return values;
    }

    /// <summary>Distance of neighbours along each axis of an output of that rank; 0 where the input repeats.</summary>
    private static int[] Steps(IReadOnlyList<int> shape, int rank, bool repeats = true)
    {
        var (steps, step) = (new int[rank], 1);
        for (var i = 1; i <= shape.Count; i++)
        {
            steps[^i] = repeats && shape[^i] == 1 ? 0 : step;
            step *= shape[^i];
        }

        return steps;
    }

    private static int Offset(ReadOnlySpan<int> place, int[] steps)
    {
        var offset = 0;
        for (var axis = 0; axis < steps.Length; axis++)
        {
            offset += place[axis] * steps[axis];
        }

        return offset;
    }

    private static double Compute(ArithmeticKind kind, double x, double y, ElementType type) => kind switch
    {
        ArithmeticKind.Add => x + y,
        ArithmeticKind.Subtract => x - y,
        ArithmeticKind.Multiply => x * y,
        ArithmeticKind.Divide => type == ElementType.Float32 ? x / y : Math.Truncate(x / y),
        ArithmeticKind.Maximum => Math.Max(x, y),
        ArithmeticKind.Minimum => Math.Min(x, y),
        ArithmeticKind.Power => Math.Pow(x, y),
        ArithmeticKind.FloorModulo => x - (y * Math.Floor(x / y)),
        ArithmeticKind.FloorDivide => Math.Floor(x / y),
        _ => (x - y) * (x - y),
    };

    private static bool Holds(ComparisonKind kind, double x, double y) => kind switch
    {
        ComparisonKind.Equal => x == y,
        ComparisonKind.NotEqual => x != y,
        ComparisonKind.Less => x < y,
        ComparisonKind.LessOrEqual => x <= y,
        ComparisonKind.Greater => x > y,
        _ => x >= y,
    };

    private static bool Holds(LogicKind kind, bool x, bool y) => kind switch
    {
        LogicKind.And => x && y,
        LogicKind.Or => x || y,
        _ => x != y,
    };

    private static Func<double, double>? Function(UnaryKind kind) => kind switch
    {
        UnaryKind.Absolute => Math.Abs,
        UnaryKind.Negate => x => -x,
        UnaryKind.Square => x => x * x,
        UnaryKind.SquareRoot => Math.Sqrt,
        UnaryKind.ReciprocalSquareRoot => x => 1 / Math.Sqrt(x),
        UnaryKind.Reciprocal => x => 1 / x,
        UnaryKind.Logarithm => Math.Log,
        UnaryKind.Sine => Math.Sin,
        UnaryKind.Cosine => Math.Cos,
        UnaryKind.Floor => Math.Floor,
        UnaryKind.Ceiling => Math.Ceiling,
        UnaryKind.Round => x => Math.Round(x, MidpointRounding.ToEven),
        UnaryKind.Sign => x => Math.Sign(x),
        UnaryKind.Not => x => x == 0 ? 1 : 0,
        _ => null,
    };
}

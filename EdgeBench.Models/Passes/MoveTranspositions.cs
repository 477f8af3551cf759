using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>
/// Moves transpositions behind the operators that work on any order of dimensions, so that those of neighbouring layers meet: two become
/// one, or none where the second undoes the first. A network with the channels first is rid of them but at its ends.
/// </summary>
internal static class MoveTranspositions
{
    public static Graph Run(Graph graph, List<string> changes)
    {
        if (!graph.Operators.Any(step => step.Operation is Transposition))
        {
            return graph;
        }

        var moving = new Moving(graph, changes);
        foreach (var step in graph.Operators)
        {
            moving.Add(step);
        }

        return moving.Finish();
    }

    /// <summary>The operator on the tensors before their transposition; null where the order of dimensions counts.</summary>
    /// <param name="step">The operator as it is.</param>
    /// <param name="order">The order of all its inputs that are no constants.</param>
    /// <param name="before">Gives a tensor before its transposition.</param>
    private static Operator? Moved(Operator step, IReadOnlyList<int> order, Func<Value, Value> before)
    {
        return step.Operation switch
        {
            Activation or Unary or Cast => On(step.Operation),
            Arithmetic or Comparison or Logic or ParametricRelu => OnMeeting(),
            ScaleShift scaling => On(scaling with { Axis = order[scaling.Axis] }),
            Softmax softmax => On(softmax with { Axis = order[softmax.Axis] }),
            Concatenation joining => On(joining with { Axis = order[joining.Axis] }),
            Padding padding => On(padding with { Before = Back(padding.Before), After = Back(padding.After) }),
            Slicing { Dropped.Count: 0 } slicing => On(
                slicing with { Begin = Back(slicing.Begin), Sizes = Back(slicing.Sizes), Strides = Back(slicing.Strides) }),
            Standardization { Groups: 1 } standardization => On(standardization with { Axes = Axes(standardization.Axes) }),
            RootMeanSquareScaling scaling => On(scaling with { Axes = Axes(scaling.Axes) }),
            UnitScaling scaling => On(scaling with { Axes = Axes(scaling.Axes) }),
            Reduction { KeepDimensions: true } reduction => On(reduction with { Axes = Axes(reduction.Axes) }),
            Reduction reduction when KeepsOrder(reduction) => step with
            {
                Operation = reduction with { Axes = Axes(reduction.Axes) },
                Inputs = [before(step.Input)],
            },
            _ => null,
        };

        Operator On(Operation operation) => step with
        {
            Operation = operation,
            Inputs = [.. step.Inputs.Select(input => input.IsConstant ? input : before(input))],
            Outputs = [new Value(step.Output.Name, [.. Back(step.Output.Shape)], step.Output.Type)],
        };

        Operator? OnMeeting() => step.Inputs.All(input => input.IsConstant || input.Rank == order.Count)
            ? On(step.Operation) with
            {
                Inputs = [.. step.Inputs.Select(input => !input.IsConstant ? before(input) : input.Count == 1 ? input : Turned(input))],
            }
            : null;

        Value Turned(Value constant)
        {
            int[] raised = [.. Enumerable.Repeat(1, order.Count - constant.Rank), .. constant.Shape];
            return constant.Reshaped(raised).Transposed(Back([.. Enumerable.Range(0, order.Count)]));
        }

        int[] Axes(IReadOnlyList<int> axes) => [.. axes.Select(axis => order[axis]).Order()];

        bool KeepsOrder(Reduction reduction)
        {
            var kept = order.Where((_, axis) => !reduction.Axes.Contains(axis)).ToList();
            return kept.SequenceEqual(kept.Order());
        }

        // What stands at place i after the transposition stands at order[i] before it.
        T[] Back<T>(IReadOnlyList<T> after)
        {
            var result = new T[after.Count];
            for (var i = 0; i < after.Count; i++)
            {
                result[order[i]] = after[i];
            }

            return result;
        }
    }

    private static bool IsAnyOrder(Operation operation) => operation
        is Activation or Unary or Cast or Arithmetic or Comparison or Logic or ParametricRelu or ScaleShift or Softmax or Concatenation
        or Padding or Slicing or Reduction or Standardization or RootMeanSquareScaling or UnitScaling or Transposition;

    /// <summary>What a value is a transposition of, and which layers ask for it.</summary>
    private sealed record Origin(Value Before, IReadOnlyList<int> Order, IReadOnlyList<string> Sources);

    /// <summary>The graph while transpositions move through it.</summary>
    private sealed class Moving(Graph graph, List<string> changes)
    {
        private readonly GraphUses _uses = new(graph);
        private readonly Dictionary<Value, Origin> _known = [];
        private readonly HashSet<Value> _open = [];
        private readonly Dictionary<Value, Value> _same = [];
        private readonly List<Operator> _steps = [];

        public void Add(Operator step)
        {
            if (step.Inputs.Any(_same.ContainsKey))
            {
                step = step with { Inputs = [.. step.Inputs.Select(input => _same.GetValueOrDefault(input, input))] };
            }

            if (step.Operation is Transposition transposition)
            {
                Open(step, transposition.Order);
            }
            else if (MoveBefore(step) is { } moved)
            {
                changes.Add($"moved a transposition behind {GraphEditing.Describe(step)}");
                _steps.Add(moved);
            }
            else
            {
                Close(step.Inputs);
                _steps.Add(step);
            }
        }

        public Graph Finish()
        {
            var outputs = graph.Outputs.Select(output => output with { Value = _same.GetValueOrDefault(output.Value, output.Value) }).ToList();
            Close(outputs.Select(output => output.Value));
            return graph with { Operators = _steps, Outputs = outputs };
        }

        private void Open(Operator step, IReadOnlyList<int> order)
        {
            var known = _known.GetValueOrDefault(step.Input)
                ?? new Origin(step.Input, [.. Enumerable.Range(0, order.Count)], []);
            var origin = new Origin(known.Before, [.. order.Select(axis => known.Order[axis])], [.. known.Sources.Union(step.Sources)]);
            if (origin.Order.SequenceEqual(Enumerable.Range(0, order.Count)))
            {
                _same[step.Output] = origin.Before;
                changes.Add($"removed the transpositions of {string.Join("+", origin.Sources)}");
            }
            else
            {
                Open(step.Output, origin);
            }
        }

        private void Open(Value value, Origin origin)
        {
            _known[value] = origin;
            _open.Add(value);
        }

        /// <summary>The operator before the transposition of its inputs, which is open behind it then; null where it stays as it is.</summary>
        private Operator? MoveBefore(Operator step)
        {
            var tensors = step.Inputs.Where(input => !input.IsConstant).Distinct().ToList();
            if (step.Outputs.Count != 1 || tensors.Count == 0 || !tensors.TrueForAll(_open.Contains)
                || tensors.Exists(tensor => _uses.IsOutput(tensor) || !_uses.Readers(tensor).All(reader => IsAnyOrder(reader.Operation))))
            {
                return null;
            }

            var order = _known[tensors[0]].Order;
            if (MovesChannelsLast(order) || !tensors.TrueForAll(tensor => _known[tensor].Order.SequenceEqual(order))
                || Moved(step, order, tensor => _known[tensor].Before) is not { } moved)
            {
                return null;
            }

            if (!ReferenceEquals(moved.Output, step.Output))
            {
                Open(step.Output, new Origin(moved.Output, order, step.Sources));
            }

            return moved;
        }

        /// <summary>That order is the one to work in: what comes then does better behind it.</summary>
        private static bool MovesChannelsLast(IReadOnlyList<int> order) =>
            order.Count > 3 && order.SequenceEqual([0, .. Enumerable.Range(2, order.Count - 2), 1]);

        private void Close(IEnumerable<Value> values)
        {
            foreach (var value in values.Where(_open.Contains).Distinct().ToList())
            {
                _open.Remove(value);
                var (before, order, sources) = _known[value];
                _steps.Add(new Operator(new Transposition(order), [before], [value], sources));
            }
        }
    }
}

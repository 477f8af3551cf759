using System.Globalization;
using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>Writes the steps of a scan out, one behind the other. Before the first step most states are zero, and what they are multiplied
/// with is left out.</summary>
internal static class UnrollScans
{
    public static Graph Run(Graph graph, List<string> changes)
    {
        var uses = new GraphUses(graph);
        return GraphEditing.ReplaceEach(graph, changes, step => step.Operation is Scan scan
            ? (Unrolled(step, scan, uses), string.Create(
                CultureInfo.InvariantCulture, $"wrote out the {scan.Count(step)} steps of {GraphEditing.Describe(step)}"))
            : null);
    }

    private static List<Operator> Unrolled(Operator step, Scan scan, GraphUses uses)
    {
        var (steps, count) = (new List<Operator>(), scan.Count(step));
        var pieces = step.Inputs.Skip(scan.States).Select(whole => Split(whole, count, step, steps)).ToList();
        var states = step.Inputs.Take(scan.States).ToList();
        var outputs = step.Outputs.Skip(scan.States).Select(_ => new Value[count]).ToList();
        for (var i = 0; i < count; i++)
        {
            var place = scan.Backwards ? count - 1 - i : i;
            var results = Instance(scan.Step, [.. states, .. pieces.Select(piece => piece[place])], place, steps);
            states = [.. results.Take(scan.States)];
            for (var output = 0; output < outputs.Count; output++)
            {
                outputs[output][place] = results[scan.States + output];
            }
        }

        steps.AddRange(states.Zip(step.Outputs, (state, output) => new Operator(new Identity(), [state], [output], step.Sources)));
        foreach (var (values, output) in outputs.Zip(step.Outputs.Skip(scan.States)).Where(pair => uses.IsUsed(pair.Second)))
        {
            steps.Add(new Operator(count == 1 ? new Identity() : new Concatenation(1), values, [output], step.Sources));
        }

        return steps;
    }

    private static List<Value> Split(Value whole, int count, Operator step, List<Operator> steps)
    {
        if (count == 1)
        {
            return [whole];
        }

        int[] shape = [whole.Shape[0], 1, .. whole.Shape.Skip(2)];
        var pieces = Enumerable.Range(0, count).Select(place => new Value(Name(whole.Name, place), shape, whole.Type)).ToList();
        steps.Add(new Operator(new Splitting(1), [whole], pieces, step.Sources));
        return pieces;
    }

    /// <summary>One step with the values that it has at a place, and what it gives.</summary>
    private static IReadOnlyList<Value> Instance(Graph body, IReadOnlyList<Value> inputs, int place, List<Operator> steps)
    {
        var values = new Dictionary<Value, Value>();
        foreach (var (inner, outer) in body.Inputs.Zip(inputs))
        {
            values[inner.Value] = outer;
        }

        foreach (var part in body.Operators)
        {
            Value[] read = [.. part.Inputs.Select(input => values.GetValueOrDefault(input, input))];
            if (OfZero(part, read) is { } known)
            {
                values[part.Output] = known;
                continue;
            }

            foreach (var output in part.Outputs)
            {
                values[output] = new Value(Name(output.Name, place), output.Shape, output.Type);
            }

            steps.Add(part with { Inputs = read, Outputs = [.. part.Outputs.Select(output => values[output])] });
        }

        return [.. body.Outputs.Select(output => values.GetValueOrDefault(output.Value, output.Value))];
    }

    /// <summary>What an operator gives where one of its inputs is zero; null where that does not make it needless.</summary>
    private static Value? OfZero(Operator step, Value[] inputs)
    {
        if (!inputs.Any(IsZero))
        {
            return null;
        }

        var shape = step.Output.Shape;
        return step.Operation switch
        {
            MatrixProduct or Convolution when IsZero(inputs[0]) => inputs.Length > 2
                ? inputs[2].Reshaped([.. Enumerable.Repeat(1, shape.Count - 1), shape[^1]])
                : Zero(step.Output),
            Arithmetic { Kind: ArithmeticKind.Multiply } or Reshaping => Zero(step.Output),
            Arithmetic { Kind: ArithmeticKind.Add } when Array.Find(inputs, input => !IsZero(input)) is { } other
                && other.Shape.SequenceEqual(shape) => other,
            _ => null,
        };
    }

    private static bool IsZero(Value value) => value.Constant is { } numbers && !numbers.AsSpan().ContainsAnyExcept(0f);

    private static Value Zero(Value like) => new(like.Name, like.Shape, new float[like.Count]);

    private static string Name(string name, int place) => string.Create(CultureInfo.InvariantCulture, $"{name}/step_{place}");
}

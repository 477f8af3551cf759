using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>Puts simpler operators in the place of recurrent layers that a file has no operator for.</summary>
internal static class ExpandRecurrences
{
    /// <summary>Rewrites the graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="changes">Gets what was changed.</param>
    /// <param name="takes">Whether the file has an operator for a recurrence, of which so many states at the end are read.</param>
    public static Graph Run(Graph graph, List<string> changes, Func<Operator, Recurrence, GraphUses, bool> takes)
    {
        var uses = new GraphUses(graph);
        return GraphEditing.ReplaceEach(
            graph, changes, step => step.Operation is Recurrence recurrence && !takes(step, recurrence, uses)
                ? (Expand(step, recurrence.Parts), $"expanded {GraphEditing.Describe(step)}")
                : null);
    }

    private static IEnumerable<Operator> Expand(Operator step, Graph parts)
    {
        var values = new Dictionary<Value, Value>();
        foreach (var (inner, outer) in parts.Inputs.Zip([step.Input, .. step.Inputs.Skip(Recurrence.FirstState)]))
        {
            values[inner.Value] = outer;
        }

        foreach (var (inner, outer) in parts.Outputs.Zip(step.Outputs))
        {
            values.TryAdd(inner.Value, outer);
        }

        return
        [
            .. parts.Operators.Select(part => Copy(part, values)),
            .. parts.Outputs.Zip(step.Outputs).Where(pair => values[pair.First.Value] != pair.Second)
                .Select(pair => new Operator(new Identity(), [values[pair.First.Value]], [pair.Second], step.Sources)),
        ];
    }

    private static Operator Copy(Operator step, Dictionary<Value, Value> values) => step with
    {
        Inputs = [.. step.Inputs.Select(input => values.GetValueOrDefault(input, input))],
        Outputs = [.. step.Outputs.Select(output => values.GetValueOrDefault(output, output))],
    };
}

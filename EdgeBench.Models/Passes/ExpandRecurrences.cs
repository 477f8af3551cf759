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
        var steps = new List<Operator>();
        foreach (var step in graph.Operators)
        {
            if (step.Operation is not Recurrence recurrence || takes(step, recurrence, uses))
            {
                steps.Add(step);
                continue;
            }

            var values = new Dictionary<Value, Value>();
            foreach (var (inner, outer) in recurrence.Parts.Inputs.Zip([step.Input, .. step.Inputs.Skip(Recurrence.FirstState)]))
            {
                values[inner.Value] = outer;
            }

            foreach (var (inner, outer) in recurrence.Parts.Outputs.Zip(step.Outputs))
            {
                values.TryAdd(inner.Value, outer);
            }

            steps.AddRange(recurrence.Parts.Operators.Select(part => Copy(part, values)));
            steps.AddRange(recurrence.Parts.Outputs.Zip(step.Outputs).Where(pair => values[pair.First.Value] != pair.Second)
                .Select(pair => new Operator(new Identity(), [values[pair.First.Value]], [pair.Second], step.Sources)));
            changes.Add($"expanded {GraphEditing.Describe(step)}");
        }

        return graph with { Operators = steps };
    }

    private static Operator Copy(Operator step, Dictionary<Value, Value> values) => step with
    {
        Inputs = [.. step.Inputs.Select(input => values.GetValueOrDefault(input, input))],
        Outputs = [.. step.Outputs.Select(output => values.GetValueOrDefault(output, output))],
    };
}

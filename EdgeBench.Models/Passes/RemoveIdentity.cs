using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>Takes out what does nothing at inference.</summary>
internal static class RemoveIdentity
{
    public static Graph Run(Graph graph, List<string> changes)
    {
        var replacements = new Dictionary<Value, Value>();
        var kept = new List<Operator>();
        foreach (var step in graph.Operators)
        {
            if (step.Operation is Identity)
            {
                replacements[step.Output] = step.Input;
                changes.Add($"removed {GraphEditing.Describe(step)}");
            }
            else
            {
                kept.Add(step);
            }
        }

        return GraphEditing.Replace(graph, kept, replacements);
    }
}

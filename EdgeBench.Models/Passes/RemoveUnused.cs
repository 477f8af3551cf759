using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>Takes out what no output needs.</summary>
internal static class RemoveUnused
{
    public static Graph Run(Graph graph, List<string> changes)
    {
        var needed = graph.Outputs.Select(output => output.Value).ToHashSet();
        var kept = new List<Operator>();
        foreach (var step in graph.Operators.Reverse())
        {
            if (step.Outputs.Any(needed.Contains))
            {
                kept.Add(step);
                needed.UnionWith(step.Inputs);
            }
            else
            {
                changes.Add($"removed {GraphEditing.Describe(step)}");
            }
        }

        kept.Reverse();
        changes.Reverse();
        return graph with { Operators = kept };
    }
}

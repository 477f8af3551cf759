using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>
/// One reshape for several in a row, none where the shape stays, and none behind a reduction that can keep or drop its dimensions itself.
/// </summary>
internal static class MergeReshapes
{
    public static Graph Run(Graph graph, List<string> changes)
    {
        var replacements = new Dictionary<Value, Value>();
        var steps = new Dictionary<Value, Operator>();
        var kept = new List<Operator>();
        var uses = new GraphUses(graph);
        foreach (var original in graph.Operators)
        {
            var step = original.Inputs.Any(replacements.ContainsKey)
                ? original with { Inputs = original.Inputs.Select(input => replacements.GetValueOrDefault(input, input)).ToList() }
                : original;
            if (step.Operation is Reshaping && uses.IsPrivate(original.Input) && steps.TryGetValue(step.Input, out var before)
                && Merge(before, step) is { } merged)
            {
                kept.Remove(before);
                changes.Add($"merged {GraphEditing.Describe(step)} into {GraphEditing.Describe(before)}");
                step = merged;
            }

            if (step.Operation is Reshaping && step.Input.Shape.SequenceEqual(step.Output.Shape))
            {
                replacements[step.Output] = step.Input;
                changes.Add($"removed {GraphEditing.Describe(step)}");
            }
            else
            {
                kept.Add(step);
                steps[step.Output] = step;
            }
        }

        return GraphEditing.Replace(graph, kept, replacements);
    }

    private static Operator? Merge(Operator before, Operator reshape)
    {
        if (before.Operation is Reshaping)
        {
            return reshape with { Inputs = before.Inputs, Sources = GraphEditing.Sources(before, reshape) };
        }

        if (before.Operation is not Reduction reduction)
        {
            return null;
        }

        var other = reduction with { KeepDimensions = !reduction.KeepDimensions };
        return Shape(before.Input.Shape, other).SequenceEqual(reshape.Output.Shape)
            ? new Operator(other, before.Inputs, reshape.Outputs, GraphEditing.Sources(before, reshape))
            : null;
    }

    private static IEnumerable<int> Shape(IReadOnlyList<int> input, Reduction reduction) => reduction.KeepDimensions
        ? input.Select((size, axis) => reduction.Axes.Contains(axis) ? 1 : size)
        : input.Where((_, axis) => !reduction.Axes.Contains(axis));
}

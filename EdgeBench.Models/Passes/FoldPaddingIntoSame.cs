using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>Zeros around an image go into the convolution that reads it where the two together are what TensorFlow calls SAME: TFLite knows
/// no other padding.</summary>
internal static class FoldPaddingIntoSame
{
    public static Graph Run(Graph graph, List<string> changes)
    {
        var paddings = graph.Operators.Where(step => step.Operation is Padding { Value: 0 }).ToDictionary(step => step.Output);
        var kept = new List<Operator>();
        foreach (var step in graph.Operators)
        {
            if (step.Operation is Convolution convolution && paddings.GetValueOrDefault(step.Input) is { } padded
                && GraphEditing.Widen(convolution.Window, (Padding)padded.Operation) is { } window
                && window.IsSame(padded.Input.Shape, step.Inputs[1].Shape, step.Output.Shape))
            {
                kept.Add(step with
                {
                    Operation = convolution with { Window = window },
                    Inputs = [padded.Input, .. step.Inputs.Skip(1)],
                    Sources = GraphEditing.Sources(padded, step),
                });
                changes.Add($"folded {GraphEditing.Describe(padded)} into {GraphEditing.Describe(step)}");
            }
            else
            {
                kept.Add(step);
            }
        }

        return RemoveUnused.Run(graph with { Operators = kept }, []);
    }
}

using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>x * relu6(x + 3) / 6, as models before Keras 3 build it of several layers, is one hard_swish.</summary>
internal static class FuseHardSwish
{
    public static Graph Run(Graph graph, List<string> changes)
    {
        var uses = new GraphUses(graph);
        var fused = new Dictionary<Operator, Operator>();
        var gone = new HashSet<Operator>();
        foreach (var step in graph.Operators)
        {
            if (step is { Operation: Arithmetic { Kind: ArithmeticKind.Multiply }, Inputs: [var left, var right] }
                && (Gate(uses, right, left) ?? Gate(uses, left, right)) is { } gate)
            {
                var x = ReferenceEquals(gate[0].Input, left) ? left : right;
                fused[step] = new Operator(
                    new Activation(ActivationKind.HardSwish), [x], step.Outputs, GraphEditing.Sources([.. gate, step]));
                gone.UnionWith(gate);
                changes.Add($"fused {GraphEditing.Describe(fused[step])}");
            }
        }

        return graph with
        {
            Operators = graph.Operators.Where(step => !gone.Contains(step)).Select(step => fused.GetValueOrDefault(step, step)).ToList(),
        };
    }

    /// <summary>The operators that compute relu6(x + 3) / 6 and nothing that anyone else reads, in their order; null where a value is not
    /// that.</summary>
    private static Operator[]? Gate(GraphUses uses, Value value, Value x) =>
        uses.IsPrivate(value) && uses.Producer(value) is { } scaled && IsScale(scaled, 1.0 / 6, 0)
        && uses.IsPrivate(scaled.Input)
        && uses.Producer(scaled.Input) is { Operation: Activation { Kind: ActivationKind.Clip, Alpha: 0, Beta: 6 } } clip
        && uses.IsPrivate(clip.Input) && uses.Producer(clip.Input) is { } shifted && IsScale(shifted, 1, 3)
        && ReferenceEquals(shifted.Input, x)
            ? [shifted, clip, scaled]
            : null;

    private static bool IsScale(Operator step, double scale, double offset) =>
        step.Operation is ScaleShift
        && Array.TrueForAll(step.Inputs[1].Constant!, value => value == (float)scale)
        && Array.TrueForAll(step.Inputs[2].Constant!, value => value == (float)offset);
}

using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>A scale per channel without an offset, before a convolution or a matrix product that alone reads it, goes into the kernel:
/// zeros around an image stay zeros.</summary>
internal static class FoldInputScaling
{
    public static Graph Run(Graph graph, List<string> changes)
    {
        var uses = new GraphUses(graph);
        var kept = new List<Operator>();
        foreach (var step in graph.Operators)
        {
            if (step.Operation is Convolution or TransposedConvolution or MatrixProduct && step.Inputs[1].IsConstant && uses.IsPrivate(step.Input)
                && uses.Producer(step.Input) is { Operation: ScaleShift scaling } before && scaling.Axis == step.Input.Rank - 1
                && !before.Inputs[2].Constant!.AsSpan().ContainsAnyExcept(0f))
            {
                kept.Remove(before);
                kept.Add(Fold(before, step));
                changes.Add($"folded {GraphEditing.Describe(before)} into {GraphEditing.Describe(step)}");
            }
            else
            {
                kept.Add(step);
            }
        }

        return graph with { Operators = kept };
    }

    private static Operator Fold(Operator scaling, Operator product)
    {
        var scale = scaling.Inputs[1].Exact();
        var kernel = product.Inputs[1];
        var (inputs, outputs) = (kernel.Shape[^2], kernel.Shape[^1]);
        var groups = product.Operation is Convolution convolution ? convolution.Groups : 1;
        var folded = kernel.Constant!.ToArray();
        for (var i = 0; i < folded.Length; i++)
        {
            var group = i % outputs / (outputs / groups);
            folded[i] = (float)(folded[i] * scale[(group * inputs) + (i / outputs % inputs)]);
        }

        return product with
        {
            Inputs = [scaling.Input, new Value(kernel.Name, kernel.Shape, folded), .. product.Inputs.Skip(2)],
            Sources = GraphEditing.Sources(scaling, product),
        };
    }
}

using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>A scale and offset per channel, behind a convolution or a matrix product that nothing else reads, goes into kernel and
/// bias.</summary>
internal static class FoldBatchNormalization
{
    public static Graph Run(Graph graph, List<string> changes)
    {
        var uses = new GraphUses(graph);
        var products = new Dictionary<Value, int>();
        var kept = new List<Operator?>();
        foreach (var step in graph.Operators)
        {
            if (step.Operation is ScaleShift scaling && scaling.Axis == step.Output.Rank - 1 && uses.IsPrivate(step.Input)
                && products.TryGetValue(step.Input, out var at))
            {
                var product = kept[at]!;
                kept[at] = null;
                kept.Add(Fold(product, step));
                changes.Add($"folded {GraphEditing.Describe(step)} into {GraphEditing.Describe(product)}");
            }
            else
            {
                kept.Add(step);
            }

            if (kept[^1] is { Operation: Convolution or TransposedConvolution or MatrixProduct } last && last.Inputs[1].IsConstant)
            {
                products[last.Output] = kept.Count - 1;
            }
        }

        return graph with { Operators = kept.OfType<Operator>().ToList() };
    }

    private static Operator Fold(Operator product, Operator scaling)
    {
        var (scale, offset) = (scaling.Inputs[1].Exact(), scaling.Inputs[2].Exact());
        var kernel = product.Inputs[1];
        var bias = product.Inputs.Count > 2 ? product.Inputs[2].Exact() : new double[scale.Length];

        var shifted = bias.Select((value, i) => (value * scale[i]) + offset[i]).ToArray();
        return new Operator(
            product.Operation,
            [
                product.Input,

                // The channels out stand last in every kernel.
                kernel.Scaled(scale),
                Value.Computed($"{product.Output.Name}/bias", [scale.Length], shifted),
            ],
            scaling.Outputs,
            GraphEditing.Sources(product, scaling));
    }
}

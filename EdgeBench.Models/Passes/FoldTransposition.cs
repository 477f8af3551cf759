using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>A transposition of matrices that a product of matrices alone reads is done by the product.</summary>
internal static class FoldTransposition
{
    public static Graph Run(Graph graph, List<string> changes)
    {
        var uses = new GraphUses(graph);
        var kept = new List<Operator>();
        foreach (var step in graph.Operators)
        {
            if (step.Operation is not BatchedMatrixProduct product)
            {
                kept.Add(step);
                continue;
            }

            var (left, right) = (Swap(uses, step.Inputs[0]), Swap(uses, step.Inputs[1]));
            kept.Add(step with
            {
                Operation = new BatchedMatrixProduct(
                    product.TransposeLeft != left is not null, product.TransposeRight != right is not null),
                Inputs = [left?.Input ?? step.Inputs[0], right?.Input ?? step.Inputs[1]],
                Sources = GraphEditing.Sources([.. new[] { left, right, step }.OfType<Operator>()]),
            });
            foreach (var swap in new[] { left, right }.OfType<Operator>().Distinct())
            {
                kept.Remove(swap);
                changes.Add($"folded {GraphEditing.Describe(swap)} into {GraphEditing.Describe(step)}");
            }
        }

        return graph with { Operators = kept };
    }

    /// <summary>What exchanges the last two dimensions of a value that nothing else reads.</summary>
    private static Operator? Swap(GraphUses uses, Value value) =>
        uses.IsPrivate(value) && uses.Producer(value) is { Operation: Transposition { Order: var order } } step
            && order.SequenceEqual([.. Enumerable.Range(0, order.Count - 2), order.Count - 1, order.Count - 2])
            ? step
            : null;
}

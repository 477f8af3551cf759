using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>A rewriting of the graph that leaves its results as they are.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Run">Gives the new graph, and tells the log what it changed.</param>
internal sealed record GraphPass(string Name, Func<Graph, List<string>, Graph> Run);

/// <summary>The passes in the order in which each finds the most.</summary>
internal static class GraphPasses
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<GraphPass> All { get; } =
    [
        new("remove-identity", RemoveIdentity.Run),
        new("merge-reshapes", MergeReshapes.Run),
        new("fold-scaling", FoldScaling.Run),
        new("fold-batch-normalization", FoldBatchNormalization.Run),
        new("fold-padding", FoldPadding.Run),
        new("remove-unused", RemoveUnused.Run),
    ];

    /// <summary>Runs them.</summary>
    public static (Graph Graph, IReadOnlyList<PassResult> Results) Run(Graph graph, CancellationToken cancellationToken)
    {
        var results = new List<PassResult>();
        foreach (var pass in All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var changes = new List<string>();
            graph = pass.Run(graph, changes);
            results.Add(new PassResult(pass.Name, changes));
        }

        return (graph, results);
    }
}

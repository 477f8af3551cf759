using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>A rewriting of the graph that leaves its results as they are.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Run">Gives the new graph, and tells the log what it changed.</param>
internal sealed record GraphPass(string Name, Func<Graph, List<string>, Graph> Run);

/// <summary>The passes in the order in which each finds the most.</summary>
internal static class GraphPasses
{
    private static readonly GraphPass RemoveIdentities = new("remove-identity", RemoveIdentity.Run);
    private static readonly GraphPass MergeReshape = new("merge-reshapes", MergeReshapes.Run);
    private static readonly GraphPass FoldScale = new("fold-scaling", FoldScaling.Run);
    private static readonly GraphPass FuseSwish = new("fuse-hard-swish", FuseHardSwish.Run);
    private static readonly GraphPass FoldNormalization = new("fold-batch-normalization", FoldBatchNormalization.Run);
    private static readonly GraphPass FoldTransposed = new("fold-transposition", FoldTransposition.Run);
    private static readonly GraphPass RemoveRest = new("remove-unused", RemoveUnused.Run);

    /// <summary>Those before the ONNX emitter.</summary>
    public static IReadOnlyList<GraphPass> Onnx { get; } =
    [
        RemoveIdentities,
        MergeReshape,
        FoldScale,
        FuseSwish,
        FoldNormalization,
        FoldTransposed,
        new("fold-padding", FoldPadding.Run),
        new("fold-input-scaling", FoldInputScaling.Run),
        RemoveRest,
    ];

    /// <summary>Those before the TFLite emitter.</summary>
    public static IReadOnlyList<GraphPass> Tflite { get; } =
    [
        RemoveIdentities,
        MergeReshape,
        new("split-activations", SplitActivations.Run),
        FoldScale,
        FuseSwish,
        FoldNormalization,
        FoldTransposed,
        new("fold-padding", FoldPaddingIntoSame.Run),
        new("fold-input-scaling", FoldInputScaling.Run),
        new("limit-dimensions", LimitDimensions.Run),
        RemoveRest,
    ];

    /// <summary>Runs some of them.</summary>
    public static (Graph Graph, IReadOnlyList<PassResult> Results) Run(
        IReadOnlyList<GraphPass> passes, Graph graph, CancellationToken cancellationToken)
    {
        var results = new List<PassResult>();
        foreach (var pass in passes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var changes = new List<string>();
            graph = pass.Run(graph, changes);
            results.Add(new PassResult(pass.Name, changes));
        }

        return (graph, results);
    }
}

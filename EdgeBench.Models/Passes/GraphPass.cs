using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>A rewriting of the graph that leaves its results as they are.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Run">Gives the new graph, and tells the log what it changed.</param>
/// <param name="IsOptional">Whether a graph can be written without it.</param>
internal sealed record GraphPass(string Name, Func<Graph, List<string>, Graph> Run, bool IsOptional = false);

/// <summary>The passes in the order in which each finds the most.</summary>
internal static class GraphPasses
{
    private static readonly GraphPass RoundScales = new("round-normalization", RoundNormalization.Run, IsOptional: true);
    private static readonly GraphPass Unroll = new("unroll-scans", UnrollScans.Run);
    private static readonly GraphPass RemoveIdentities = new("remove-identity", RemoveIdentity.Run);
    private static readonly GraphPass MergeReshape = new("merge-reshapes", MergeReshapes.Run, IsOptional: true);
    private static readonly GraphPass FoldScale = new("fold-scaling", FoldScaling.Run, IsOptional: true);
    private static readonly GraphPass FuseSwish = new("fuse-hard-swish", FuseHardSwish.Run, IsOptional: true);
    private static readonly GraphPass FoldNormalization = new("fold-batch-normalization", FoldBatchNormalization.Run, IsOptional: true);
    private static readonly GraphPass FoldTransposed = new("fold-transposition", FoldTransposition.Run);
    private static readonly GraphPass ExpandInterpolations = new("expand-interpolation", ExpandInterpolation.Run);
    private static readonly GraphPass ExpandConnections = new("expand-locally-connected", ExpandLocallyConnected.Run);
    private static readonly GraphPass MoveTransposition = new("move-transpositions", MoveTranspositions.Run, IsOptional: true);
    private static readonly GraphPass RemoveRest = new("remove-unused", RemoveUnused.Run);

    /// <summary>Those before the ONNX emitter.</summary>
    public static IReadOnlyList<GraphPass> Onnx { get; } =
    [
        new("expand-recurrences", (graph, changes) => ExpandRecurrences.Run(
            graph, changes, (_, recurrence, _) => Models.Onnx.RecurrentEmitter.Takes(recurrence))),
        Unroll,
        RemoveIdentities,
        MoveTransposition,
        ExpandInterpolations,
        ExpandConnections,
        MergeReshape,
        FoldScale,
        FuseSwish,
        FoldNormalization,
        FoldTransposed,
        new("fold-padding", FoldPadding.Run, IsOptional: true),
        new("fold-input-scaling", FoldInputScaling.Run, IsOptional: true),
        RemoveRest,
    ];

    /// <summary>Those before the TFLite emitter.</summary>
    public static IReadOnlyList<GraphPass> Tflite { get; } =
    [
        new("expand-recurrences", (graph, changes) => ExpandRecurrences.Run(graph, changes, Models.Tflite.RecurrentEmitter.Takes)),
        new("loop-scans", LoopScans.Run),
        Unroll,
        RemoveIdentities,
        MoveTransposition,
        ExpandInterpolations,
        ExpandConnections,
        MergeReshape,
        new("split-activations", SplitActivations.Run),
        FoldScale,
        FuseSwish,
        FoldNormalization,
        FoldTransposed,
        new("fold-padding", FoldPaddingIntoSame.Run, IsOptional: true),
        new("fold-input-scaling", FoldInputScaling.Run, IsOptional: true),
        new("split-3d-pooling", SplitVolumePooling.Run),
        new("raise-one-dimension", RaiseOneDimensional.Run),
        new("split-up-sampling", SplitUpSampling.Run),
        MergeReshape,
        new("limit-dimensions", LimitDimensions.Run),
        RemoveRest,
    ];

    /// <summary>Those that a graph can be written without.</summary>
    public static IReadOnlyList<string> Optional { get; } =
        [.. Onnx.Concat(Tflite).Prepend(RoundScales).Where(pass => pass.IsOptional).Select(pass => pass.Name).Distinct(StringComparer.Ordinal)];

    /// <summary>Runs some of them on a graph, and one more before them where weights become 8-bit integers.</summary>
    public static (Graph Graph, IReadOnlyList<PassResult> Results) Run(
        IReadOnlyList<GraphPass> passes, ModelContent.Layers layers, ModelPrecision precision, CancellationToken cancellationToken)
    {
        var graph = layers.Graph;
        var results = new List<PassResult>();
        var all = precision is ModelPrecision.DynamicRange or ModelPrecision.Int8 ? [RoundScales, .. passes] : passes;
        foreach (var pass in all.Where(pass => !layers.SkippedPasses.Contains(pass.Name)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var changes = new List<string>();
            graph = RunThroughout(pass, graph, changes);
            results.Add(new PassResult(pass.Name, changes));
        }

        return (graph, results);
    }

    /// <summary>Runs a pass on a graph, and on those that its operators run.</summary>
    private static Graph RunThroughout(GraphPass pass, Graph graph, List<string> changes)
    {
        var bodies = new Dictionary<Graph, Graph>(ReferenceEqualityComparer.Instance);
        var result = pass.Run(graph, changes);
        return result.Operators.Any(step => step.Operation is WhileLoop)
            ? result with { Operators = [.. result.Operators.Select(Inside)] }
            : result;

        Operator Inside(Operator step)
        {
            if (step.Operation is not WhileLoop loop)
            {
                return step;
            }

            if (!bodies.TryGetValue(loop.Body, out var body))
            {
                bodies[loop.Body] = body = RunThroughout(pass, loop.Body, changes);
            }

            return step with { Operation = loop with { Body = body } };
        }
    }
}

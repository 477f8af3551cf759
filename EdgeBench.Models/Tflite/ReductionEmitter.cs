using EdgeBench.Models.Graphs;
using Options = System.Collections.Generic.Dictionary<string, double>;

namespace EdgeBench.Models.Tflite;

/// <summary>Reductions over axes.</summary>
internal static class ReductionEmitter
{
    public static void Emit(TfliteGraphBuilder builder, Operator step, Reduction reduction) => builder.Compute(
        step.Output,
        reduction.Aggregate == Aggregate.Average ? BuiltinOperator.Mean : BuiltinOperator.ReduceMax,
        [builder.Tensor(step.Input), builder.Wholes("axes", [reduction.Axes.Count], [.. reduction.Axes])],
        new Options { ["keepDims"] = reduction.KeepDimensions ? 1 : 0 });
}

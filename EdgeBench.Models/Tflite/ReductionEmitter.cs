using EdgeBench.Models.Graphs;
using Options = System.Collections.Generic.Dictionary<string, double>;

namespace EdgeBench.Models.Tflite;

/// <summary>Reductions over axes.</summary>
internal static class ReductionEmitter
{
    public static void Emit(TfliteGraphBuilder builder, Operator step, Reduction reduction) => builder.Compute(
        step.Output,
        reduction.Aggregate switch
        {
            Aggregate.Maximum => BuiltinOperator.ReduceMax,
            Aggregate.Average => BuiltinOperator.Mean,
            Aggregate.Sum => BuiltinOperator.Sum,
            Aggregate.Minimum => BuiltinOperator.ReduceMin,
            Aggregate.Product => BuiltinOperator.ReduceProd,
            Aggregate.Any => BuiltinOperator.ReduceAny,
            _ => BuiltinOperator.ReduceAll,
        },
        [builder.Tensor(step.Input), builder.Wholes("axes", [reduction.Axes.Count], [.. reduction.Axes])],
        new Options { ["keepDims"] = reduction.KeepDimensions ? 1 : 0 });

    public static void Emit(TfliteGraphBuilder builder, Operator step, ArgumentOf argument) => builder.Compute(
        step.Output, argument.Greatest ? BuiltinOperator.ArgMax : BuiltinOperator.ArgMin,
        [builder.Tensor(step.Input), builder.Whole(argument.Axis)],
        new Options { ["outputType"] = (double)TensorTypes.Of(argument.Type) });
}

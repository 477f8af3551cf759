using EdgeBench.Models.Graphs;
using static EdgeBench.Models.Onnx.OnnxGraphBuilder;

namespace EdgeBench.Models.Onnx;

/// <summary>Reductions over axes.</summary>
internal static class ReductionEmitter
{
    /// <summary>Over all spatial dimensions of an image there are operators that ONNX Runtime keeps in its blocked layout.</summary>
    public static void Emit(OnnxGraphBuilder builder, Operator step, Reduction reduction)
    {
        var rank = step.Input.Rank;
        var average = reduction.Aggregate == Aggregate.Average;
        if (rank >= 3 && reduction.Axes.Order().SequenceEqual(Enumerable.Range(1, rank - 2)))
        {
            var type = average ? "GlobalAveragePool" : "GlobalMaxPool";
            var image = builder.Tensor(step.Input, Layout.ChannelsFirst);
            if (reduction.KeepDimensions)
            {
                builder.Compute(step.Output, Layout.ChannelsFirst, type, [image]);
            }
            else
            {
                var pooled = builder.Step($"{step.Output.Name}/pooled", type, [image]);
                builder.Compute(step.Output, Layout.ChannelsLast, "Flatten", [pooled], Attribute("axis", 1));
            }

            return;
        }

        builder.Compute(
            step.Output, Layout.ChannelsLast, average ? "ReduceMean" : "ReduceMax", [builder.Tensor(step.Input, Layout.ChannelsLast)],
            Attribute("axes", reduction.Axes.Select(axis => (long)axis)), Attribute("keepdims", reduction.KeepDimensions ? 1 : 0));
    }
}

using EdgeBench.Models.Graphs;
using EdgeBench.Models.Onnx.Wire;
using static EdgeBench.Models.Onnx.OnnxGraphBuilder;

namespace EdgeBench.Models.Onnx;

/// <summary>Reductions over axes.</summary>
internal static class ReductionEmitter
{
    public static void Emit(OnnxGraphBuilder builder, Operator step, Reduction reduction)
    {
        switch (reduction.Aggregate)
        {
            case Aggregate.Maximum or Aggregate.Average when step.Input.Type == ElementType.Float32 && IsOverSpace(step, reduction):
                EmitOverSpace(builder, step, reduction);
                break;
            case Aggregate.Any or Aggregate.All:
                // There is no reduction of truth values: true is the greatest.
                var numbers = builder.Step(
                    $"{step.Output.Name}/numbers", "Cast", [builder.Tensor(step.Input, Layout.ChannelsLast)],
                    Attribute("to", OnnxInitializer.TypeOf(ElementType.Int32)));
                var reduced = builder.Step(
                    $"{step.Output.Name}/reduced", reduction.Aggregate == Aggregate.Any ? "ReduceMax" : "ReduceMin", [numbers],
                    Axes(reduction), Keeps(reduction));
                builder.Compute(step.Output, Layout.ChannelsLast, "Cast", [reduced], Attribute("to", OnnxInitializer.Bool));
                break;
            case Aggregate.Sum:
                builder.Compute(
                    step.Output, Layout.ChannelsLast, "ReduceSum",
                    [
                        builder.Tensor(step.Input, Layout.ChannelsLast),
                        builder.Wholes("axes", [.. reduction.Axes.Select(axis => (long)axis)]),
                    ],
                    Keeps(reduction));
                break;
            default:
                builder.Compute(
                    step.Output, Layout.ChannelsLast, NameOf(reduction.Aggregate), [builder.Tensor(step.Input, Layout.ChannelsLast)],
                    Axes(reduction), Keeps(reduction));
                break;
        }
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, ArgumentOf argument)
    {
        var type = argument.Greatest ? "ArgMax" : "ArgMin";
        var input = builder.Tensor(step.Input, Layout.ChannelsLast);
        AttributeProto[] attributes = [Attribute("axis", argument.Axis), Attribute("keepdims", 0)];
        if (argument.Type == ElementType.Int64)
        {
            builder.Compute(step.Output, Layout.ChannelsLast, type, [input], attributes);
            return;
        }

        var places = builder.Step($"{step.Output.Name}/places", type, [input], attributes);
        builder.Compute(
            step.Output, Layout.ChannelsLast, "Cast", [places], Attribute("to", OnnxInitializer.TypeOf(argument.Type)));
    }

    private static bool IsOverSpace(Operator step, Reduction reduction) => step.Input.Rank >= 3
        && reduction.Axes.Order().SequenceEqual(Enumerable.Range(1, step.Input.Rank - 2));

    /// <summary>Over all spatial dimensions of an image there are operators that ONNX Runtime keeps in its blocked layout.</summary>
    private static void EmitOverSpace(OnnxGraphBuilder builder, Operator step, Reduction reduction)
    {
        var type = reduction.Aggregate == Aggregate.Average ? "GlobalAveragePool" : "GlobalMaxPool";
        var image = builder.Tensor(step.Input, Layout.ChannelsFirst);
        if (reduction.KeepDimensions)
        {
            builder.Compute(step.Output, Layout.ChannelsFirst, type, [image]);
            return;
        }

        var pooled = builder.Step($"{step.Output.Name}/pooled", type, [image]);
        builder.Compute(step.Output, Layout.ChannelsLast, "Flatten", [pooled], Attribute("axis", 1));
    }

    private static AttributeProto Axes(Reduction reduction) => Attribute("axes", reduction.Axes.Select(axis => (long)axis));

    private static AttributeProto Keeps(Reduction reduction) => Attribute("keepdims", reduction.KeepDimensions ? 1 : 0);

    private static string NameOf(Aggregate aggregate) => aggregate switch
    {
        Aggregate.Maximum => "ReduceMax",
        Aggregate.Minimum => "ReduceMin",
        Aggregate.Product => "ReduceProd",
        Aggregate.Average => "ReduceMean",
        _ => throw new NotSupportedException($"no ONNX operator for {aggregate}"),
    };
}

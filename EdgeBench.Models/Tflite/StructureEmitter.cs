using EdgeBench.Models.Graphs;
using Options = System.Collections.Generic.Dictionary<string, double>;

namespace EdgeBench.Models.Tflite;

/// <summary>Operators that move elements about.</summary>
internal static class StructureEmitter
{
    public static void Emit(TfliteGraphBuilder builder, Operator step, Concatenation concatenation) => builder.Compute(
        step.Output, BuiltinOperator.Concatenation, [.. step.Inputs.Select(builder.Tensor)],
        new Options { ["axis"] = concatenation.Axis });

    public static void Emit(TfliteGraphBuilder builder, Operator step, Padding padding)
    {
        var pads = Pads(builder, padding);
        if (padding.Value == 0)
        {
            builder.Compute(step.Output, BuiltinOperator.Pad, [builder.Tensor(step.Input), pads]);
        }
        else
        {
            builder.Compute(step.Output, BuiltinOperator.PadV2, [builder.Tensor(step.Input), pads, builder.Scalar(padding.Value)]);
        }
    }

    public static void EmitReshaping(TfliteGraphBuilder builder, Operator step) => builder.Compute(
        step.Output, BuiltinOperator.Reshape,
        [builder.Tensor(step.Input), builder.Wholes("shape", [step.Output.Rank], [-1, .. step.Output.Shape.Skip(1)])]);

    /// <summary>Zeros or another constant in front and behind, as a list of pairs.</summary>
    public static int Pads(TfliteGraphBuilder builder, Padding padding) => builder.Wholes(
        "pads", [padding.Before.Count, 2], [.. padding.Before.Zip(padding.After).SelectMany(pair => new[] { pair.First, pair.Second })]);
}

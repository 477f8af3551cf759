using EdgeBench.Models.Graphs;
using static EdgeBench.Models.Onnx.OnnxGraphBuilder;

namespace EdgeBench.Models.Onnx;

/// <summary>Normalisations by what a sample itself shows.</summary>
internal static class NormalizationEmitter
{
    /// <summary>Over all places of each channel, or of each group of channels, there is an operator. Over other axes they are the steps that
    /// ONNX Runtime fuses into its own LayerNormalization where the axes are the last.</summary>
    public static void Emit(OnnxGraphBuilder builder, Operator step, Standardization standardization)
    {
        var (rank, axes) = (step.Input.Rank, standardization.Axes);
        if (standardization.Groups > 1)
        {
            var image = builder.Tensor(step.Input, Layout.ChannelsFirst);
            var grouped = builder.Step(
                Role("grouped"), "Reshape", [image, builder.Wholes("shape", [step.Input.Shape[0], standardization.Groups, -1])]);
            var normal = Instance(builder, Role("normal"), grouped, standardization, standardization.Groups);
            builder.Compute(
                step.Output, Layout.ChannelsFirst, "Reshape",
                [normal, builder.Wholes("shape", [.. Dimensions(step.Output, Layout.ChannelsFirst)])]);
            return;
        }

        if (rank >= 3 && axes.SequenceEqual(Enumerable.Range(1, rank - 2)))
        {
            var channels = step.Input.Shape[^1];
            builder.Compute(
                step.Output, Layout.ChannelsFirst, "InstanceNormalization",
                Operands(builder, Role("normal"), builder.Tensor(step.Input, Layout.ChannelsFirst), channels),
                Attribute("epsilon", standardization.Epsilon));
            return;
        }

        var layout = builder.Prevailing([step.Input]);
        var x = builder.Tensor(step.Input, layout);
        var mean = Mean(builder, Role("mean"), x, axes, rank, layout);
        var centred = builder.Step(Role("centred"), "Sub", [x, mean]);
        var squares = builder.Step(Role("squares"), "Pow", [centred, builder.Scalar(2)]);
        var variance = Mean(builder, Role("variance"), squares, axes, rank, layout);
        var shifted = builder.Step(Role("shifted"), "Add", [variance, builder.Scalar(standardization.Epsilon)]);
        builder.Compute(step.Output, layout, "Div", [centred, builder.Step(Role("deviation"), "Sqrt", [shifted])]);

        string Role(string role) => $"{step.Output.Name}/{role}";
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, RootMeanSquareScaling scaling)
    {
        var layout = builder.Prevailing([step.Input]);
        var x = builder.Tensor(step.Input, layout);
        var squares = builder.Step(Role("squares"), "Mul", [x, x]);
        var mean = Mean(builder, Role("mean"), squares, scaling.Axes, step.Input.Rank, layout);
        var shifted = builder.Step(Role("shifted"), "Add", [mean, builder.Scalar(scaling.Epsilon)]);
        builder.Compute(step.Output, layout, "Div", [x, builder.Step(Role("root"), "Sqrt", [shifted])]);

        string Role(string role) => $"{step.Output.Name}/{role}";
    }

    public static void Emit(OnnxGraphBuilder builder, Operator step, UnitScaling scaling)
    {
        var layout = builder.Prevailing([step.Input]);
        var x = builder.Tensor(step.Input, layout);
        var length = builder.Step(
            $"{step.Output.Name}/length", "ReduceL2", [x],
            Attribute("axes", scaling.Axes.Select(axis => Axis(axis, step.Input.Rank, layout))), Attribute("keepdims", 1));
        var divisor = builder.Step($"{step.Output.Name}/divisor", "Max", [length, builder.Scalar(scaling.Epsilon)]);
        builder.Compute(step.Output, layout, "Div", [x, divisor]);
    }

    private static string Mean(OnnxGraphBuilder builder, string role, string tensor, IReadOnlyList<int> axes, int rank, Layout layout) =>
        builder.Step(
            role, "ReduceMean", [tensor], Attribute("axes", axes.Select(axis => Axis(axis, rank, layout)).Order()), Attribute("keepdims", 1));

    private static string Instance(OnnxGraphBuilder builder, string role, string tensor, Standardization standardization, int channels) =>
        builder.Step(
            role, "InstanceNormalization", Operands(builder, role, tensor, channels), Attribute("epsilon", standardization.Epsilon));

    /// <summary>The scale and offset that the operator wants; those of the layer come behind it.</summary>
    private static string[] Operands(OnnxGraphBuilder builder, string role, string tensor, int channels) =>
    [
        tensor,
        builder.Floats($"{role}/ones", [channels], () => Enumerable.Repeat(1f, channels).ToArray()),
        builder.Floats($"{role}/zeros", [channels], () => new float[channels]),
    ];
}

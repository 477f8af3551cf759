using EdgeBench.Models.Graphs;
using EdgeBench.Models.Passes;
using static EdgeBench.Models.Tflite.BuiltinOperator;
using Options = System.Collections.Generic.Dictionary<string, double>;

namespace EdgeBench.Models.Tflite;

/// <summary>Normalisations by what a sample itself shows, step by step: TFLite has an operator for unit length only.</summary>
internal static class NormalizationEmitter
{
    public static void Emit(TfliteGraphBuilder builder, Operator step, Standardization standardization)
    {
        var (shape, axes) = (step.Input.Shape, standardization.Axes);
        var isGrouped = standardization.Groups > 1;
        var x = builder.Tensor(step.Input);
        if (isGrouped)
        {
            var (groups, channels) = (standardization.Groups, shape[^1]);
            var places = (int)(step.Input.Count / shape[0] / channels);
            shape = [shape[0], places, groups, channels / groups];
            axes = [1, 3];
            x = Reshape("grouped", x, shape);
        }

        var mean = Mean(builder, Role("mean"), x, shape, axes);
        var centred = builder.Step(Role("centred"), shape, Sub, [x, mean]);
        var squares = builder.Step(Role("squares"), shape, Square, [centred]);
        var variance = Mean(builder, Role("variance"), squares, shape, axes);
        var reduced = builder.ShapeOf(variance);
        var shifted = builder.Step(Role("shifted"), reduced, Add, [variance, builder.Scalar(standardization.Epsilon)]);
        var inverse = builder.Step(Role("inverse"), reduced, Rsqrt, [shifted]);
        if (isGrouped)
        {
            var normal = builder.Step(Role("normal"), shape, Mul, [centred, inverse]);
            builder.Compute(step.Output, BuiltinOperator.Reshape, [normal, Shape(step.Output.Shape)]);
        }
        else
        {
            builder.Compute(step.Output, Mul, [centred, inverse]);
        }

        string Role(string role) => $"{step.Output.Name}/{role}";

        int Reshape(string role, int tensor, IReadOnlyList<int> to) =>
            builder.Step(Role(role), to, BuiltinOperator.Reshape, [tensor, Shape(to)]);

        int Shape(IReadOnlyList<int> to) => builder.Wholes("shape", [to.Count], [-1, .. to.Skip(1)]);
    }

    public static void Emit(TfliteGraphBuilder builder, Operator step, RootMeanSquareScaling scaling)
    {
        var x = builder.Tensor(step.Input);
        var squares = builder.Step($"{step.Output.Name}/squares", step.Input.Shape, Square, [x]);
        var mean = Mean(builder, $"{step.Output.Name}/mean", squares, step.Input.Shape, scaling.Axes);
        var reduced = builder.ShapeOf(mean);
        var shifted = builder.Step($"{step.Output.Name}/shifted", reduced, Add, [mean, builder.Scalar(scaling.Epsilon)]);
        builder.Compute(step.Output, Mul, [x, builder.Step($"{step.Output.Name}/inverse", reduced, Rsqrt, [shifted])]);
    }

    /// <summary>The operator goes over the last dimension, and has the same least length as TensorFlow.</summary>
    public static void Emit(TfliteGraphBuilder builder, Operator step, UnitScaling scaling)
    {
        var x = builder.Tensor(step.Input);
        if (scaling.Axes is [var axis] && axis == step.Input.Rank - 1 && step.Input.Rank <= LimitDimensions.Most)
        {
            builder.Compute(step.Output, L2Normalization, [x]);
            return;
        }

        var squares = builder.Step($"{step.Output.Name}/squares", step.Input.Shape, Square, [x]);
        var sum = Reduce(builder, Sum, $"{step.Output.Name}/sum", squares, step.Input.Shape, scaling.Axes);
        var reduced = builder.ShapeOf(sum);
        var least = builder.Step(
            $"{step.Output.Name}/least", reduced, Maximum, [sum, builder.Scalar(scaling.Epsilon * scaling.Epsilon)]);
        builder.Compute(step.Output, Mul, [x, builder.Step($"{step.Output.Name}/inverse", reduced, Rsqrt, [least])]);
    }

    private static int Mean(TfliteGraphBuilder builder, string role, int tensor, IReadOnlyList<int> shape, IReadOnlyList<int> axes) =>
        Reduce(builder, BuiltinOperator.Mean, role, tensor, shape, axes);

    private static int Reduce(
        TfliteGraphBuilder builder, BuiltinOperator code, string role, int tensor, IReadOnlyList<int> shape, IReadOnlyList<int> axes) =>
        builder.Step(
            role, [.. shape.Select((size, axis) => axes.Contains(axis) ? 1 : size)], code,
            [tensor, builder.Wholes("axes", [axes.Count], [.. axes])], new Options { ["keepDims"] = 1 });
}

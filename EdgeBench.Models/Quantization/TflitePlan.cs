using EdgeBench.Models.Tflite;

namespace EdgeBench.Models.Quantization;

/// <summary>The plan for a TFLite graph: tensors by their places in it.</summary>
internal static class TflitePlan
{
    /// <summary>Plans for a graph of floats.</summary>
    public static IntegerPlan Of(TfliteGraph graph) => new(
        [.. graph.Operators.Select(step => Planned(graph, step))],
        graph.Outputs.Select(output => output.Tensor).ToHashSet(),
        graph.Tensors.Count);

    /// <summary>Whether a tensor of floats is computed or fed.</summary>
    public static bool IsActivation(TfliteGraph graph, int tensor) =>
        tensor >= 0 && graph.Tensors[tensor] is { Type: TensorType.Float32, Data: null };

    /// <summary>Whether a tensor is a constant of floats.</summary>
    private static bool IsConstant(TfliteGraph graph, int tensor) =>
        tensor >= 0 && TfliteRewriting.Constant(graph.Tensors[tensor]) is not null;

    private static PlannedStep Planned(TfliteGraph graph, WrittenOperator step)
    {
        var kernel = TfliteKernel.Of(step.Code) is { } known && step.Outputs.All(output => IsActivation(graph, output))
            && (known.Weights is not { } weights || HasConstantWeights(graph, step, weights)) ? known : null;
        return new PlannedStep(
            kernel,
            [.. step.Inputs.Where(input => IsActivation(graph, input))],
            kernel is { SharesScale: true } ? [.. step.Inputs.Where(input => IsConstant(graph, input))] : [],
            step.Outputs,
            kernel is not { IsSlow: true } && step.Inputs.Any(input => input >= 0 && TfliteRewriting.Constant(graph.Tensors[input]) is { } constant
                && PlannedStep.IsBeyond(constant)));
    }

    private static bool HasConstantWeights(TfliteGraph graph, WrittenOperator step, TfliteWeights weights) =>
        IsConstant(graph, step.Inputs[weights.Kernel])
        && (step.Inputs.Count <= weights.Bias || step.Inputs[weights.Bias] < 0 || IsConstant(graph, step.Inputs[weights.Bias]));
}

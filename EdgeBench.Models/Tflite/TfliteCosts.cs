using EdgeBench.Models.Costs;
using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Tflite;

/// <summary>What the operators of a TFLite file cost, by the rules of <see cref="OperationCost"/>.</summary>
internal static class TfliteCosts
{
    /// <summary>Builtin operators whose cost cannot be told from the shapes around them.</summary>
    private static readonly HashSet<string> Unknown =
    [
        "BIDIRECTIONAL_SEQUENCE_LSTM", "BIDIRECTIONAL_SEQUENCE_RNN", "CALL", "CALL_ONCE", "CONV_3D_TRANSPOSE", "IF", "LSTM", "RNN", "SVDF",
        "WHILE",
    ];

    private static readonly string[] WindowSteps = ["strideW", "strideH", "dilationWFactor", "dilationHFactor"];

    /// <summary>The cost of an operator; null where it is not known.</summary>
    public static OperationCost? Of(TfliteOperator step)
    {
        if (step.IsCustom || Unknown.Contains(step.Name) || step.Outputs.Count == 0)
        {
            return null;
        }

        var elements = TensorShape.Count(step.Outputs[0].Shape);
        var hasBias = step.Inputs.Count > 2 && step.Inputs[2] is not null;
        return step.Name switch
        {
            "CONV_2D" or "CONV_3D" or "DEPTHWISE_CONV_2D" => Convolved(step, elements, hasBias),
            "FULLY_CONNECTED" when Shape(1) is [.., var channels] => OperationCost.OfProducts(checked(elements * channels), hasBias ? elements : 0),
            "TRANSPOSE_CONV" when Shape(1) is { } kernel && Shape(2) is { } image => OperationCost.OfProducts(
                checked(TensorShape.Count(image) * TensorShape.Count(kernel.SkipLast(1))),
                step.Inputs.Count > 3 && step.Inputs[3] is not null ? elements : 0),
            "BATCH_MATMUL" when Shape(0) is { } left && step.Outputs[0].Shape is [.., var columns] =>
                OperationCost.OfProducts(checked(TensorShape.Count(left) * columns), 0),
            "UNIDIRECTIONAL_SEQUENCE_LSTM" when Recurrent(4) is { } macs => OperationCost.OfProducts(macs, 0),
            "UNIDIRECTIONAL_SEQUENCE_RNN" when Recurrent(1) is { } macs => OperationCost.OfProducts(macs, 0),
            "AVERAGE_POOL_2D" or "MAX_POOL_2D" => OperationCost.OfElements(
                checked(elements * (long)(step.Options.GetValueOrDefault("filterHeight", 1) * step.Options.GetValueOrDefault("filterWidth", 1)))),
            "MEAN" when Shape(0) is { } input => OperationCost.OfElements(TensorShape.Count(input)),
            "SOFTMAX" => OperationCost.OfElements(5 * elements),
            "MUL" or "SUB" or "DIV" => OperationCost.OfElements(elements),
            "ADD" => new OperationCost(0, 0, elements),
            "ADD_N" => new OperationCost(0, 0, elements * (step.Inputs.Count - 1)),
            _ => default(OperationCost),
        };

        IReadOnlyList<int>? Shape(int place) => step.Inputs.ElementAtOrDefault(place)?.Shape;

        long? Recurrent(int gates) => Shape(0) is [.., var channels] && step.Outputs[0].Shape is [.., var units]
            ? checked(elements * gates * (channels + units))
            : null;
    }

    private static OperationCost? Convolved(TfliteOperator step, long elements, bool hasBias)
    {
        if (step.Inputs.ElementAtOrDefault(1)?.Shape is not { } kernel)
        {
            return null;
        }

        // The channels that come out stand first in a CONV_2D; a depthwise kernel has one channel that goes in.
        var window = step.Name == "CONV_2D" ? kernel.Skip(1) : kernel.SkipLast(1);
        var isFast = step.Name == "CONV_2D" && kernel is [_, 3, 3, > 1]
            && WindowSteps.All(name => step.Options.GetValueOrDefault(name, 1) == 1);
        return OperationCost.OfProducts(checked(elements * TensorShape.Count(window)), hasBias ? elements : 0, isFast);
    }
}

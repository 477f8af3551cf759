using EdgeBench.Models.Costs;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Onnx.Wire;

namespace EdgeBench.Models.Onnx;

/// <summary>What the nodes of an ONNX graph cost, by the rules of <see cref="OperationCost"/>.</summary>
internal static class OnnxCosts
{
    /// <summary>Operators that keep the shape of their first input, and that neither rule counts.</summary>
    private static readonly HashSet<string> OfElements =
    [
        "Abs", "Acos", "Asin", "Atan", "BatchNormalization", "Cast", "Ceil", "Celu", "Clip", "Cos", "CumSum", "DequantizeLinear", "Dropout",
        "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish", "Identity", "InstanceNormalization", "IsInf", "IsNaN", "LRN",
        "LayerNormalization", "LeakyRelu", "Log", "LogSoftmax", "Mish", "Neg", "Not", "PRelu", "QuantizeLinear", "Reciprocal", "Relu", "Round",
        "Selu", "Sigmoid", "Sign", "Sin", "Softmax", "Softplus", "Softsign", "Sqrt", "Tan", "Tanh", "ThresholdedRelu",
    ];

    /// <summary>Others that neither rule counts.</summary>
    private static readonly HashSet<string> Free =
    [
        "And", "ArgMax", "ArgMin", "Concat", "Constant", "ConstantOfShape", "DepthToSpace", "Equal", "Expand", "Flatten", "Gather", "Greater",
        "GreaterOrEqual", "Less", "LessOrEqual", "Max", "Min", "Mod", "Or", "Pad", "Pow", "Range", "ReduceMax", "ReduceMin", "ReduceProd",
        "ReduceSum", "Reshape", "Resize", "Shape", "Slice", "SpaceToDepth", "Split", "Squeeze", "Tile", "Transpose", "Unsqueeze", "Upsample",
        "Where", "Xor", "GlobalMaxPool",
    ];

    /// <summary>Whether an operator's output has the shape of its first input.</summary>
    public static bool KeepsShape(string type) => OfElements.Contains(type);

    /// <summary>The cost of a node; null where the operator is not known, or a shape that decides is not.</summary>
    /// <param name="node">The node.</param>
    /// <param name="shapes">The shapes of its graph.</param>
    /// <param name="isBias">Whether an addition is that of a bias to what a convolution or product gave.</param>
    public static OperationCost? Of(NodeProto node, OnnxShapes shapes, bool isBias)
    {
        if (node.Domain.Length > 0 && node.Domain != "ai.onnx")
        {
            return null;
        }

        if (Free.Contains(node.OpType) || (OfElements.Contains(node.OpType) && node.OpType != "Softmax"))
        {
            return default(OperationCost);
        }

        if (Input(0) is not { } input || shapes.Of(node.Output.FirstOrDefault()) is not { } output)
        {
            return null;
        }

        var elements = TensorShape.Count(output);
        return node.OpType switch
        {
            "Conv" or "ConvInteger" when Input(1) is { } kernel => Convolved(node, elements, kernel, node.Input.Count > 2),
            "QLinearConv" when Input(3) is { } kernel => Convolved(node, elements, kernel, node.Input.Count > 8),
            "ConvTranspose" when Input(1) is { } kernel => OperationCost.OfProducts(
                checked(TensorShape.Count(input) * TensorShape.Count(kernel.Skip(1))), node.Input.Count > 2 ? elements : 0),
            "Gemm" => OperationCost.OfProducts(
                checked(elements * input[node.Int("transA", 0) == 1 ? 0 : 1]), node.Input.Count > 2 ? elements : 0),
            "MatMul" or "MatMulInteger" or "QLinearMatMul" => OperationCost.OfProducts(checked(elements * input[^1]), 0),
            "AveragePool" or "LpPool" or "MaxPool" when node.Ints("kernel_shape") is { } window =>
                OperationCost.OfElements(checked(elements * window.Aggregate(1L, (product, size) => product * size))),
            "GlobalAveragePool" or "ReduceMean" => OperationCost.OfElements(TensorShape.Count(input)),
            "Softmax" => OperationCost.OfElements(5 * elements),
            "Mul" or "Sub" or "Div" => OperationCost.OfElements(elements),
            "Add" or "Sum" => isBias ? OperationCost.OfElements(elements) : new OperationCost(0, 0, elements * (node.Input.Count - 1)),
            _ => null,
        };

        IReadOnlyList<int>? Input(int place) => shapes.Of(node.Input.ElementAtOrDefault(place));
    }

    private static OperationCost Convolved(NodeProto node, long elements, IReadOnlyList<int> kernel, bool hasBias)
    {
        var macs = checked(elements * TensorShape.Count(kernel.Skip(1)));
        var isFast = kernel is [_, > 1, 3, 3] && (node.Ints("strides") ?? []).All(stride => stride == 1)
            && (node.Ints("dilations") ?? []).All(dilation => dilation == 1);
        return OperationCost.OfProducts(macs, hasBias ? elements : 0, isFast);
    }
}

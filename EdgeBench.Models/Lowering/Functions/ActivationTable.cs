using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using static EdgeBench.Models.Lowering.Functions.NamedFunction;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Functions that are activations.</summary>
internal static class ActivationTable
{
    private const string Input = "x|features|input|logits";

    /// <summary>The functions.</summary>
    public static IReadOnlyList<NamedFunction> Functions { get; } =
    [
        Activation("relu6", ActivationKind.Clip, 0, 6),
        Activation("relu_n1_to_1 hard_tanh", ActivationKind.Clip, -1, 1),
        Activation("sigmoid", ActivationKind.Sigmoid),
        Activation("tanh", ActivationKind.Tanh),
        Activation("selu", ActivationKind.Selu),
        Activation("softplus", ActivationKind.Softplus),
        Activation("softsign", ActivationKind.Softsign),
        Activation("log_sigmoid", ActivationKind.LogSigmoid),
        Activation("hard_silu hard_swish", ActivationKind.HardSwish),
        Of("hard_sigmoid", (layer, call) => layer.Activate(
            X(call), ActivationKind.HardSigmoid, call.Family == FunctionFamily.Keras ? 1.0 / 6 : 0.2, 0.5)),
        Activation("sparse_sigmoid", ActivationKind.HardSigmoid, 0.5, 0.5),
        Activation("mish", ActivationKind.Mish),
        Activation("tanh_shrink", ActivationKind.TanhShrink),
        Of("relu", Relu),
        Of("leaky_relu", (layer, call) => layer.Activate(
            X(call), ActivationKind.LeakyRelu, call.Number("negative_slope|alpha", 1) ?? 0.2)),
        Of("elu", (layer, call) => layer.Activate(X(call), ActivationKind.Elu, call.Number("alpha", 1) ?? 1)),
        Of("celu", (layer, call) => layer.Activate(X(call), ActivationKind.Celu, call.Number("alpha", 1) ?? 1)),
        Of("hard_shrink", (layer, call) => layer.Activate(X(call), ActivationKind.HardShrink, call.Number("threshold", 1) ?? 0.5)),
        Of("soft_shrink", (layer, call) => layer.Activate(X(call), ActivationKind.SoftShrink, call.Number("threshold", 1) ?? 0.5)),
        Of("squareplus", (layer, call) => layer.Activate(X(call), ActivationKind.Squareplus, call.Number("b", 1) ?? 4)),
        Of("silu swish swish_f32", Silu),
        Of("gelu", Gelu),
        Of("sparse_plus", (layer, call) => ActivationRules.SparsePlus(layer, layer.Float(X(call)))),
        Of("sparsemax", (layer, call) => ActivationRules.Sparsemax(layer, layer.Float(X(call)))),
        Of("threshold", (layer, call) => layer.Select(
            layer.Compare(ComparisonKind.Greater, X(call), call.Tensor("threshold", 1)), X(call), call.Tensor("default_value", 2))),
        Of("crelu", (layer, call) => layer.Concatenate(
            [
                layer.Activate(X(call), ActivationKind.Relu),
                layer.Activate(layer.Unary(UnaryKind.Negate, layer.Float(X(call))), ActivationKind.Relu),
            ],
            call.Whole("axis", 1) ?? -1)),
        Of("glu", (layer, call) => Glu(layer, X(call), call.Whole("axis", 1) ?? -1)),
        Of("softmax", (layer, call) => layer.Softmax(X(call), call.Whole("axis|dim", 1) ?? -1)),
        Of("log_softmax", (layer, call) => layer.Softmax(X(call), call.Whole("axis|dim", 1) ?? -1, logarithm: true)),
    ];

    private static Value X(Arguments call) => call.Tensor(Input, 0);

    private static NamedFunction Activation(string names, ActivationKind kind, double alpha = 0, double beta = 0) =>
        Of(names, (layer, call) => layer.Activate(X(call), kind, alpha, beta));

    /// <summary>Keras' own function has the options of its layer.</summary>
    private static Value Relu(LayerContext layer, Arguments call) => ActivationRules.Rectify(
        layer, layer.Float(X(call)), call.Number("max_value"), call.Number("negative_slope|alpha") ?? 0, call.Number("threshold") ?? 0);

    private static Value Silu(LayerContext layer, Arguments call)
    {
        var (x, beta) = (X(call), call.Number("beta", 1) ?? 1);
        return beta == 1
            ? layer.Activate(x, ActivationKind.Swish)
            : layer.Multiply(
                x, layer.Activate(layer.Arithmetic(ArithmeticKind.Multiply, layer.Float(x), beta), ActivationKind.Sigmoid));
    }

    /// <summary>TensorFlow's function is exact unless told otherwise, that of <c>keras.ops</c> the other way round.</summary>
    private static Value Gelu(LayerContext layer, Arguments call) => layer.Activate(
        X(call), call.Flag("approximate", 1, call.Family == FunctionFamily.Keras) ? ActivationKind.GeluTanh : ActivationKind.Gelu);

    private static Value Glu(LayerContext layer, Value x, int axis)
    {
        var place = layer.Axis(x, axis);
        var half = x.Shape[place] / 2;
        return layer.Split(x, [half, x.Shape[place] - half], place) is [var value, var gate] && value.Shape.SequenceEqual(gate.Shape)
            ? layer.Multiply(value, layer.Activate(gate, ActivationKind.Sigmoid))
            : throw new LayerNotSupportedException($"axis {axis} of {TensorShape.Text(x.Shape)} has no two halves");
    }
}

using EdgeBench.Models.Graphs;
using EdgeBench.Models.Onnx.Wire;
using static EdgeBench.Models.Onnx.OnnxGraphBuilder;

namespace EdgeBench.Models.Onnx;

/// <summary>Functions of each element, from what opset 13 has.</summary>
internal static class ActivationEmitter
{
    public static void Emit(OnnxGraphBuilder builder, Operator step, Activation activation)
    {
        var layout = builder.Prevailing([step.Input]);
        var x = builder.Tensor(step.Input, layout);
        var (alpha, beta) = (activation.Alpha, activation.Beta);
        switch (activation.Kind)
        {
            case ActivationKind.Relu:
                Last("Relu", [x]);
                break;
            case ActivationKind.Clip:
                Last("Clip", [x, double.IsNegativeInfinity(alpha) ? "" : builder.Scalar(alpha), builder.Scalar(beta)]);
                break;
            case ActivationKind.LeakyRelu:
                Last("LeakyRelu", [x], Attribute("alpha", alpha));
                break;
            case ActivationKind.ThresholdedRelu:
                // The operator of that name takes no negative threshold.
                Last("Mul", [x, AsNumber(Step("above", "Greater", x, builder.Scalar(alpha)))]);
                break;
            case ActivationKind.Elu:
                Last("Elu", [x], Attribute("alpha", alpha));
                break;
            case ActivationKind.Selu:
                Last("Selu", [x]);
                break;
            case ActivationKind.Celu:
                Last("Celu", [x], Attribute("alpha", alpha));
                break;
            case ActivationKind.Sigmoid:
                Last("Sigmoid", [x]);
                break;
            case ActivationKind.HardSigmoid:
                Last("HardSigmoid", [x], Attribute("alpha", alpha), Attribute("beta", beta));
                break;
            case ActivationKind.Swish:
                Last("Mul", [x, Step("sigmoid", "Sigmoid", x)]);
                break;
            case ActivationKind.HardSwish:
                Last("Mul", [x, builder.Step(Role("gate"), "HardSigmoid", [x], Attribute("alpha", 1.0 / 6), Attribute("beta", 0.5))]);
                break;
            case ActivationKind.Tanh:
                Last("Tanh", [x]);
                break;
            case ActivationKind.Softplus:
                Last("Softplus", [x]);
                break;
            case ActivationKind.Softsign:
                Last("Softsign", [x]);
                break;
            case ActivationKind.Exponential:
                Last("Exp", [x]);
                break;
            case ActivationKind.Mish:
                Last("Mul", [x, Step("tanh", "Tanh", Step("softplus", "Softplus", x))]);
                break;
            case ActivationKind.Gelu:
                var erf = Step("erf", "Erf", Step("scaled", "Mul", x, builder.Scalar(Math.Sqrt(0.5))));
                Last("Mul", [Step("half", "Mul", x, builder.Scalar(0.5)), Step("gate", "Add", erf, builder.Scalar(1))]);
                break;
            case ActivationKind.GeluTanh:
                // sqrt(2 / pi) (x + 0.044715 x^3) = x (sqrt(2 / pi) + 0.044715 sqrt(2 / pi) x^2)
                var root2 = Math.Sqrt(2 / Math.PI);
                var cubic = Step("cubic", "Mul", Step("square", "Mul", x, x), builder.Scalar(0.044715 * root2));
                var inner = Step("inner", "Mul", x, Step("slope", "Add", cubic, builder.Scalar(root2)));
                Last("Mul", [Step("half", "Mul", x, builder.Scalar(0.5)), Step("gate", "Add", Step("tanh", "Tanh", inner), builder.Scalar(1))]);
                break;
            case ActivationKind.LogSigmoid:
                Last("Neg", [Step("softplus", "Softplus", Step("negative", "Neg", x))]);
                break;
            case ActivationKind.TanhShrink:
                Last("Sub", [x, Step("tanh", "Tanh", x)]);
                break;
            case ActivationKind.HardShrink:
                Last("Shrink", [x], Attribute("lambd", alpha), Attribute("bias", 0.0));
                break;
            case ActivationKind.SoftShrink:
                Last("Shrink", [x], Attribute("lambd", alpha), Attribute("bias", alpha));
                break;
            case ActivationKind.Squareplus:
                var root = Step("root", "Sqrt", Step("shifted", "Add", Step("square", "Mul", x, x), builder.Scalar(alpha)));
                Last("Mul", [Step("sum", "Add", x, root), builder.Scalar(0.5)]);
                break;
            default:
                throw new NotSupportedException($"no ONNX form of {activation.Kind}");
        }

        void Last(string type, IEnumerable<string> inputs, params AttributeProto[] attributes) =>
            builder.Compute(step.Output, layout, type, inputs, attributes);

        string Step(string role, string type, params string[] inputs) => builder.Step(Role(role), type, inputs);

        string AsNumber(string truth) => builder.Step(Role("mask"), "Cast", [truth], Attribute("to", OnnxInitializer.Float));

        string Role(string role) => $"{step.Output.Name}/{role}";
    }
}

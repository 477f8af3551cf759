using EdgeBench.Models.Graphs;
using static EdgeBench.Models.Tflite.BuiltinOperator;
using Options = System.Collections.Generic.Dictionary<string, double>;

namespace EdgeBench.Models.Tflite;

/// <summary>Functions of each element, from what TFLite 2.9.0 has.</summary>
internal static class ActivationEmitter
{
    /// <summary>Constants of Klambauer et al. 2017, "Self-Normalizing Neural Networks".</summary>
    private const double SeluAlpha = 1.6732632423543772;

    private const double SeluScale = 1.0507009873554805;

    public static void Emit(TfliteGraphBuilder builder, Operator step, Activation activation)
    {
        var x = builder.Tensor(step.Input);
        var (alpha, beta) = (activation.Alpha, activation.Beta);
        switch (activation.Kind)
        {
            case ActivationKind.Relu:
                Last(Relu, [x]);
                break;
            case ActivationKind.Clip when ActivationFusion.Fused(activation) is not FusedActivation.None and var known:
                Last(known == FusedActivation.Relu6 ? Relu6 : ReluN1To1, [x]);
                break;
            case ActivationKind.Clip:
                var raised = double.IsNegativeInfinity(alpha) ? x : Then("raised", Maximum, x, builder.Scalar(alpha));
                Last(Minimum, [raised, builder.Scalar(beta)]);
                break;
            case ActivationKind.LeakyRelu:
                Last(LeakyRelu, [x], Slope(alpha));
                break;
            case ActivationKind.ThresholdedRelu:
                Last(SelectV2, [Above(x, alpha), x, builder.Scalar(0)]);
                break;
            case ActivationKind.Elu when alpha == 1:
                Last(Elu, [x]);
                break;
            case ActivationKind.Elu:
                // TFLite's own has an alpha of 1, and leaves what is positive as it is.
                Last(LeakyRelu, [Then("elu", Elu, x)], Slope(alpha));
                break;
            case ActivationKind.Selu:
                var sloped = builder.Step(Role("sloped"), step.Output.Shape, LeakyRelu, [Then("elu", Elu, x)], Slope(SeluAlpha));
                Last(Mul, [sloped, builder.Scalar(SeluScale)]);
                break;
            case ActivationKind.Celu when alpha == 1:
                Last(Elu, [x]);
                break;
            case ActivationKind.Celu:
                Last(Mul, [Then("elu", Elu, Then("scaled", Mul, x, builder.Scalar(1 / alpha))), builder.Scalar(alpha)]);
                break;
            case ActivationKind.Sigmoid:
                Last(Logistic, [x]);
                break;
            case ActivationKind.Swish:
                Last(Mul, [x, Then("sigmoid", Logistic, x)]);
                break;
            case ActivationKind.HardSwish:
                Last(HardSwish, [x]);
                break;
            case ActivationKind.Tanh:
                Last(Tanh, [x]);
                break;
            case ActivationKind.Softplus:
                // max(x, 0) - log(sigmoid(|x|)): exp(x) is infinite from 89 on.
                Last(Sub, [Then("positive", Relu, x), LogSigmoidOfMagnitude()]);
                break;
            case ActivationKind.Softsign:
                Last(Div, [x, Then("distance", Add, Then("magnitude", Abs, x), builder.Scalar(1))]);
                break;
            case ActivationKind.Exponential:
                Last(Exp, [x]);
                break;
            case ActivationKind.Mish:
                // Right where exp(x) is infinite too, as tanh of it is 1.
                var softplus = Then("softplus", Log, Then("shifted", Add, Then("exponential", Exp, x), builder.Scalar(1)));
                Last(Mul, [x, Then("tanh", Tanh, softplus)]);
                break;
            case ActivationKind.Gelu:
                Last(Gelu, [x]);
                break;
            case ActivationKind.GeluTanh:
                Last(Gelu, [x], new Options { ["approximate"] = 1 });
                break;
            case ActivationKind.LogSigmoid:
                Last(Add, [Then("negative", Minimum, x, builder.Scalar(0)), LogSigmoidOfMagnitude()]);
                break;
            case ActivationKind.TanhShrink:
                Last(Sub, [x, Then("tanh", Tanh, x)]);
                break;
            case ActivationKind.HardShrink:
                Last(SelectV2, [Above(Then("magnitude", Abs, x), alpha), x, builder.Scalar(0)]);
                break;
            case ActivationKind.SoftShrink:
                var clipped = Then("clipped", Minimum, Then("raised", Maximum, x, builder.Scalar(-alpha)), builder.Scalar(alpha));
                Last(Sub, [x, clipped]);
                break;
            case ActivationKind.Squareplus:
                var root = Then("root", Sqrt, Then("shifted", Add, Then("square", Square, x), builder.Scalar(alpha)));
                Last(Mul, [Then("sum", Add, x, root), builder.Scalar(0.5)]);
                break;
            default:
                throw new NotSupportedException($"no TFLite form of {activation.Kind}");
        }

        void Last(BuiltinOperator code, IReadOnlyList<int> inputs, Options? options = null) =>
            builder.Compute(step.Output, code, inputs, options);

        int Then(string role, BuiltinOperator code, params int[] inputs) => builder.Step(Role(role), step.Output.Shape, code, inputs);

        int Above(int tensor, double threshold) => builder.Step(
            Role("above"), step.Output.Shape, Greater, [tensor, builder.Scalar(threshold)], type: TensorType.Bool);

        int LogSigmoidOfMagnitude() => Then("log", Log, Then("sigmoid", Logistic, Then("magnitude", Abs, x)));

        string Role(string role) => $"{step.Output.Name}/{role}";
    }

    private static Options Slope(double alpha) => new() { ["alpha"] = alpha };
}

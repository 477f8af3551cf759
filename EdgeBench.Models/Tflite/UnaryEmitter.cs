using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using static EdgeBench.Models.Tflite.BuiltinOperator;

namespace EdgeBench.Models.Tflite;

/// <summary>Functions of one element that are no activations, from what TFLite 2.9.0 has.</summary>
internal static class UnaryEmitter
{
    /// <summary>Too small to change what is computed of it, and a divisor all the same.</summary>
    private const double Tiny = 1e-20;

    /// <summary>Makes every number that is not denormal at least 1.</summary>
    private const double Huge = float.MaxValue;

    public static void Emit(TfliteGraphBuilder builder, Operator step, Unary unary)
    {
        var x = builder.Tensor(step.Input);
        switch (unary.Kind)
        {
            case UnaryKind.Absolute when step.Input.Type != ElementType.Float32:
                Last(Maximum, x, Then("negative", Neg, x));
                break;
            case UnaryKind.Square when step.Input.Type != ElementType.Float32:
                Last(Mul, x, x);
                break;
            case UnaryKind.Reciprocal:
                Last(Div, builder.Scalar(1), x);
                break;
            case UnaryKind.Sign:
                builder.Compute(step.Output, Mul, [x, builder.Scalar(Huge)], ActivationFusion.Options(FusedActivation.ReluN1To1));
                break;
            case UnaryKind.Tangent:
                Last(Div, Then("sine", Sin, x), Then("cosine", Cos, x));
                break;
            case UnaryKind.HyperbolicSine:
                Last(Mul, Then("difference", Sub, Then("growing", Exp, x), Decaying()), builder.Scalar(0.5));
                break;
            case UnaryKind.HyperbolicCosine:
                Last(Mul, Then("sum", Add, Then("growing", Exp, x), Decaying()), builder.Scalar(0.5));
                break;
            case UnaryKind.ErrorFunction:
                // gelu(z) = z / 2 (1 + erf(z / sqrt 2)), and nothing may be divided by 0.
                var isZero = builder.Step(Role("zero"), step.Output.Shape, Equal, [x, builder.Scalar(0)], type: TensorType.Bool);
                var scaled = Then("scaled", Mul, Then("divisor", SelectV2, isZero, builder.Scalar(Tiny), x), builder.Scalar(Math.Sqrt(2)));
                var half = Then("half", Div, Then("gelu", Gelu, scaled), scaled);
                Last(Sub, Then("double", Mul, half, builder.Scalar(2)), builder.Scalar(1));
                break;
            default:
                Last(CodeOf(unary.Kind), x);
                break;
        }

        void Last(BuiltinOperator code, params int[] inputs) => builder.Compute(step.Output, code, inputs);

        int Then(string role, BuiltinOperator code, params int[] inputs) =>
            builder.Step(Role(role), step.Output.Shape, code, inputs, type: TensorTypes.Of(step.Output.Type));

        int Decaying() => Then("decaying", Exp, Then("negative", Neg, x));

        string Role(string role) => $"{step.Output.Name}/{role}";
    }

    private static BuiltinOperator CodeOf(UnaryKind kind) => kind switch
    {
        UnaryKind.Absolute => Abs,
        UnaryKind.Negate => Neg,
        UnaryKind.Square => Square,
        UnaryKind.SquareRoot => Sqrt,
        UnaryKind.ReciprocalSquareRoot => Rsqrt,
        UnaryKind.Logarithm => Log,
        UnaryKind.Sine => Sin,
        UnaryKind.Cosine => Cos,
        UnaryKind.Floor => Floor,
        UnaryKind.Ceiling => Ceil,
        UnaryKind.Round => Round,
        UnaryKind.Not => LogicalNot,
        _ => throw new LayerNotSupportedException(
            $"TFLite has no operator for the function {kind.ToString().ToLowerInvariant()}; convert the model to onnx"),
    };
}

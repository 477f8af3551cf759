using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using static EdgeBench.Models.Lowering.Functions.NamedFunction;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Functions of elements: arithmetic, comparisons, logic, mathematics.</summary>
internal static class ArithmeticTable
{
    private const string First = "x|x1|a|input|features";
    private const string Second = "y|x2|b";

    /// <summary>The functions.</summary>
    public static IReadOnlyList<NamedFunction> Functions { get; } =
    [
        Binary("add add_v2 bias_add", ArithmeticKind.Add),
        Binary("subtract sub", ArithmeticKind.Subtract),
        Binary("multiply mul scalar_mul", ArithmeticKind.Multiply),
        Binary("divide true_divide truediv real_div div", ArithmeticKind.Divide),
        Binary("maximum", ArithmeticKind.Maximum),
        Binary("minimum", ArithmeticKind.Minimum),
        Binary("mod floormod floor_mod remainder", ArithmeticKind.FloorModulo),
        Binary("floordiv floor_divide floor_div", ArithmeticKind.FloorDivide),
        Binary("squared_difference", ArithmeticKind.SquaredDifference),
        Of("pow power", (layer, call) => layer.Power(X(call), Y(call))),
        Of("add_n accumulate_n", (layer, call) => call.Tensors("inputs", 0).Aggregate(layer.Add)),
        Of("divide_no_nan div_no_nan", DivideNoNan),
        Of("multiply_no_nan mul_no_nan", (layer, call) => layer.Select(
            layer.Compare(ComparisonKind.Equal, Y(call), layer.Number(0)), layer.Number(0), layer.Multiply(X(call), Y(call)))),
        Of("logaddexp", LogarithmOfSum),
        Comparison("equal eq", ComparisonKind.Equal),
        Comparison("not_equal ne", ComparisonKind.NotEqual),
        Comparison("less lt", ComparisonKind.Less),
        Comparison("less_equal le", ComparisonKind.LessOrEqual),
        Comparison("greater gt", ComparisonKind.Greater),
        Comparison("greater_equal ge", ComparisonKind.GreaterOrEqual),
        Logic("logical_and", LogicKind.And),
        Logic("logical_or", LogicKind.Or),
        Logic("logical_xor", LogicKind.ExclusiveOr),
        Of("where where_v2 select select_v2", (layer, call) => layer.Select(
            call.Tensor("condition", 0), call.Tensor("x|x1|t|then", 1), call.Tensor("y|x2|e|else", 2))),
        Unary("abs absolute", UnaryKind.Absolute),
        Unary("neg negative", UnaryKind.Negate),
        Unary("square", UnaryKind.Square),
        Unary("sqrt", UnaryKind.SquareRoot),
        Unary("rsqrt", UnaryKind.ReciprocalSquareRoot),
        Unary("reciprocal inv", UnaryKind.Reciprocal),
        Unary("log", UnaryKind.Logarithm),
        Unary("sin", UnaryKind.Sine),
        Unary("cos", UnaryKind.Cosine),
        Unary("tan", UnaryKind.Tangent),
        Unary("asin arcsin", UnaryKind.ArcSine),
        Unary("acos arccos", UnaryKind.ArcCosine),
        Unary("atan arctan", UnaryKind.ArcTangent),
        Unary("sinh", UnaryKind.HyperbolicSine),
        Unary("cosh", UnaryKind.HyperbolicCosine),
        Unary("asinh arcsinh", UnaryKind.ArcHyperbolicSine),
        Unary("acosh arccosh", UnaryKind.ArcHyperbolicCosine),
        Unary("atanh arctanh", UnaryKind.ArcHyperbolicTangent),
        Unary("floor", UnaryKind.Floor),
        Unary("ceil", UnaryKind.Ceiling),
        Unary("round rint", UnaryKind.Round),
        Unary("sign", UnaryKind.Sign),
        Unary("erf", UnaryKind.ErrorFunction),
        Unary("logical_not", UnaryKind.Not),
        Of("isnan is_nan", (layer, call) => layer.Compare(ComparisonKind.NotEqual, layer.Float(X(call)), layer.Float(X(call)))),
        Of("isinf is_inf", (layer, call) => layer.Compare(
            ComparisonKind.Equal, layer.Unary(UnaryKind.Absolute, layer.Float(X(call))), layer.Number(double.PositiveInfinity))),
        Of("isfinite is_finite", (layer, call) => layer.Compare(
            ComparisonKind.Less, layer.Unary(UnaryKind.Absolute, layer.Float(X(call))), layer.Number(double.PositiveInfinity))),
        Of("nan_to_num", NumberForNaN),
        Of("trunc fix", (layer, call) => layer.Select(
            layer.Compare(ComparisonKind.Less, X(call), layer.Number(0)),
            layer.Unary(UnaryKind.Ceiling, X(call)), layer.Unary(UnaryKind.Floor, X(call)))),
        Of("erfc", (layer, call) => layer.Subtract(layer.Number(1), layer.Unary(UnaryKind.ErrorFunction, X(call)))),
        Of("log1p", (layer, call) => layer.Unary(UnaryKind.Logarithm, layer.Arithmetic(ArithmeticKind.Add, layer.Float(X(call)), 1))),
        Of("log2", (layer, call) => Logarithm(layer, X(call), 2)),
        Of("log10", (layer, call) => Logarithm(layer, X(call), 10)),
        Of("exp", (layer, call) => layer.Activate(X(call), ActivationKind.Exponential)),
        Of("exp2", (layer, call) => layer.Activate(
            layer.Arithmetic(ArithmeticKind.Multiply, layer.Float(X(call)), Math.Log(2)), ActivationKind.Exponential)),
        Of("expm1", (layer, call) => layer.Arithmetic(
            ArithmeticKind.Subtract, layer.Activate(X(call), ActivationKind.Exponential), 1)),
        Of("clip clip_by_value", (layer, call) => layer.Clip(
            call.Tensor("x|t", 0), call.OptionalTensor("x_min|clip_value_min", 1), call.OptionalTensor("x_max|clip_value_max", 2))),
        Of("cast", (layer, call) => layer.Cast(call.Tensor(First, 0), call.Type("dtype|DstT") ?? ElementType.Float32)),
        Of("to_float", (layer, call) => layer.Float(X(call))),
        Of("identity stop_gradient ensure_shape prevent_gradient copy convert_to_tensor check_numerics", (layer, call) =>
            layer.Same(call.Tensor("x|input|tensor|variable|value", 0))),
    ];

    private static Value X(Arguments call) => call.Tensor(First, 0);

    private static Value Y(Arguments call) => call.Tensor(Second + "|bias|value", 1);

    private static NamedFunction Binary(string names, ArithmeticKind kind) =>
        Of(names, (layer, call) => layer.Arithmetic(kind, call.Tensor(First + "|value|scalar", 0), Y(call)));

    private static NamedFunction Comparison(string names, ComparisonKind kind) =>
        Of(names, (layer, call) => layer.Compare(kind, X(call), Y(call)));

    private static NamedFunction Logic(string names, LogicKind kind) =>
        Of(names, (layer, call) => layer.Logic(kind, X(call), Y(call)));

    private static NamedFunction Unary(string names, UnaryKind kind) => Of(names, (layer, call) => layer.Unary(kind, X(call)));

    private static Value Logarithm(LayerContext layer, Value x, double root) =>
        layer.Arithmetic(ArithmeticKind.Multiply, layer.Unary(UnaryKind.Logarithm, x), 1 / Math.Log(root));

    /// <summary>log(exp(x) + exp(y)), without exponents beyond what a float holds.</summary>
    private static Value LogarithmOfSum(LayerContext layer, Arguments call)
    {
        var (x, y) = (layer.Float(X(call)), layer.Float(Y(call)));
        var distance = layer.Unary(UnaryKind.Negate, layer.Unary(UnaryKind.Absolute, layer.Subtract(x, y)));
        return layer.Add(layer.Arithmetic(ArithmeticKind.Maximum, x, y), layer.Activate(distance, ActivationKind.Softplus));
    }

    /// <summary>Infinities become the greatest float there is, or what the arguments say.</summary>
    private static Value NumberForNaN(LayerContext layer, Arguments call)
    {
        var x = layer.Float(X(call));
        var number = layer.Select(
            layer.Compare(ComparisonKind.NotEqual, x, x), layer.Number(call.Number("nan", 1) ?? 0), x);
        return call.Has("posinf", 2) || call.Has("neginf", 3)
            ? throw new LayerNotSupportedException("its arguments 'posinf' and 'neginf' are not supported")
            : layer.Clip(number, layer.Number(float.MinValue), layer.Number(float.MaxValue));
    }

    /// <summary>0 where it would be divided by 0.</summary>
    private static Value DivideNoNan(LayerContext layer, Arguments call)
    {
        var (x, y) = (layer.Float(X(call)), layer.Float(Y(call)));
        var isZero = layer.Compare(ComparisonKind.Equal, y, layer.Number(0));
        var quotient = layer.Arithmetic(ArithmeticKind.Divide, x, layer.Select(isZero, layer.Number(1), y));
        return layer.Select(isZero, layer.Number(0), quotient);
    }
}

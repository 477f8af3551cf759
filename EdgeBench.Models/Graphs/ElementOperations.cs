namespace EdgeBench.Models.Graphs;

/// <summary>Functions of two elements x and y that give the type they take.</summary>
internal enum ArithmeticKind
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Maximum,
    Minimum,

    /// <summary>x to the power of y.</summary>
    Power,

    /// <summary>x - y floor(x / y): has the sign of y.</summary>
    FloorModulo,

    /// <summary>floor(x / y).</summary>
    FloorDivide,

    /// <summary>(x - y)^2.</summary>
    SquaredDifference,
}

/// <summary>Arithmetic of two tensors, each element with its partner; dimensions of size 1 are repeated, missing ones stand in
/// front.</summary>
internal sealed record Arithmetic(ArithmeticKind Kind) : Operation;

/// <summary>Comparisons of two elements x and y.</summary>
internal enum ComparisonKind
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>Whether elements are equal, less...: of two tensors as in <see cref="Arithmetic"/>.</summary>
internal sealed record Comparison(ComparisonKind Kind) : Operation
{
    /// <inheritdoc/>
    public override ElementType ResultType(IReadOnlyList<Value> inputs) => ElementType.Bool;
}

/// <summary>Functions of two truth values.</summary>
internal enum LogicKind
{
    And,
    Or,
    ExclusiveOr,
}

/// <summary>Truth values of two tensors joined as in <see cref="Arithmetic"/>.</summary>
internal sealed record Logic(LogicKind Kind) : Operation;

/// <summary>Elements of the second input where the first is true, else of the third; shapes meet as in <see cref="Arithmetic"/>.</summary>
internal sealed record Selection : Operation
{
    /// <inheritdoc/>
    public override ElementType ResultType(IReadOnlyList<Value> inputs) => inputs[1].Type;
}

/// <summary>The elements in another type.</summary>
internal sealed record Cast(ElementType Type) : Operation
{
    /// <inheritdoc/>
    public override ElementType ResultType(IReadOnlyList<Value> inputs) => Type;
}

/// <summary>Functions of one element x that no layer applies as its activation.</summary>
internal enum UnaryKind
{
    Absolute,
    Negate,
    Square,
    SquareRoot,

    /// <summary>1 / sqrt(x).</summary>
    ReciprocalSquareRoot,

    /// <summary>1 / x.</summary>
    Reciprocal,

    /// <summary>Natural logarithm.</summary>
    Logarithm,
    Sine,
    Cosine,
    Tangent,
    ArcSine,
    ArcCosine,
    ArcTangent,
    HyperbolicSine,
    HyperbolicCosine,
    ArcHyperbolicSine,
    ArcHyperbolicCosine,
    ArcHyperbolicTangent,
    Floor,
    Ceiling,

    /// <summary>To the nearest whole number, and to the even one of two that are equally near.</summary>
    Round,

    /// <summary>-1, 0 or 1.</summary>
    Sign,

    /// <summary>2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.</summary>
    ErrorFunction,

    /// <summary>Whether x is false.</summary>
    Not,
}

/// <summary>A function of each element.</summary>
internal sealed record Unary(UnaryKind Kind) : Operation;

/// <summary>An affine map per channel: x * scale + offset. Inputs: tensor, scale (channels), offset (channels).</summary>
/// <param name="Axis">The axis of the channels.</param>
/// <param name="Normalization">What the scale was computed from, where it is a batch normalisation's.</param>
internal sealed record ScaleShift(int Axis, BatchStatistics? Normalization = null) : Operation;

/// <summary>What a batch normalisation scales by: gamma / sqrt(variance + epsilon).</summary>
/// <param name="Gamma">The learnt factor of every channel; null where there is none.</param>
/// <param name="Variance">The variance of every channel.</param>
/// <param name="Epsilon">What keeps the root from 0.</param>
internal sealed record BatchStatistics(float[]? Gamma, float[] Variance, double Epsilon);

/// <summary>A function of each element.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Alpha">Slope, scale or limit, where the kind has one.</param>
/// <param name="Beta">Second parameter, where the kind has one.</param>
internal sealed record Activation(ActivationKind Kind, double Alpha = 0, double Beta = 0) : Operation;

/// <summary>Softmax over one axis, or its logarithm.</summary>
internal sealed record Softmax(int Axis, bool Logarithm = false) : Operation;

/// <summary>x where x is not negative, else x times a slope. Inputs: tensor, slopes (a constant, repeated as in
/// <see cref="Arithmetic"/>).</summary>
internal sealed record ParametricRelu : Operation;

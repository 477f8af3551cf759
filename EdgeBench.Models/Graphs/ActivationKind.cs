namespace EdgeBench.Models.Graphs;

/// <summary>Functions of one element x.</summary>
internal enum ActivationKind
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>min(max(x, alpha), beta).</summary>
    Clip,

    /// <summary>x where x >= 0, else alpha x.</summary>
    LeakyRelu,

    /// <summary>x where x > alpha, else 0.</summary>
    ThresholdedRelu,

    /// <summary>x where x > 0, else alpha (exp(x) - 1).</summary>
    Elu,

    /// <summary>Scaled Elu with the constants of Klambauer et al. 2017.</summary>
    Selu,

    /// <summary>max(x, 0) + min(0, alpha (exp(x / alpha) - 1)).</summary>
    Celu,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>min(max(alpha x + beta, 0), 1).</summary>
    HardSigmoid,

    /// <summary>x sigmoid(x).</summary>
    Swish,

    /// <summary>x hard_sigmoid(x) with alpha 1/6, beta 1/2.</summary>
    HardSwish,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>log(1 + exp(x)).</summary>
    Softplus,

    /// <summary>x / (1 + |x|).</summary>
    Softsign,

    /// <summary>exp(x).</summary>
    Exponential,

    /// <summary>x tanh(softplus(x)).</summary>
    Mish,

    /// <summary>x / 2 (1 + erf(x / sqrt 2)).</summary>
    Gelu,

    /// <summary>x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).</summary>
    GeluTanh,

    /// <summary>-softplus(-x).</summary>
    LogSigmoid,

    /// <summary>x - tanh(x).</summary>
    TanhShrink,

    /// <summary>x where |x| > alpha, else 0.</summary>
    HardShrink,

    /// <summary>x - alpha where x > alpha, x + alpha where x &lt; -alpha, else 0.</summary>
    SoftShrink,

    /// <summary>(x + sqrt(x^2 + alpha)) / 2.</summary>
    Squareplus,
}

using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Costs;

/// <summary>
/// What an operator costs per sample.
/// </summary>
/// <param name="Macs">Multiply-accumulate operations of convolutions and matrix products.</param>
/// <param name="Flops">Floating-point operations by the rule of TensorFlow's profiler as it stood in 2022, which the latencies of the
/// literature were set against.</param>
/// <param name="ProfilerFlops">The same by the profiler of TensorFlow 2.21, which also counts additions of tensors, and swish as two
/// multiplications.</param>
/// <param name="FastMacs">Of the multiply-accumulate operations those of convolutions with a 3x3 window and stride 1, for which fast
/// algorithms need fewer (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016).</param>
internal readonly record struct OperationCost(long Macs, long Flops, long ProfilerFlops, long FastMacs = 0)
{
    /// <summary>The cost of an operator before anything is folded: the rule knows the frozen graph of the layers.</summary>
    /// <remarks>
    /// Source: <c>tensorflow/python/profiler/internal/flops_registry.py</c>. 2 per multiply-add of convolutions and matrix products; 1 per
    /// element of a bias, a product, a difference,
    /// a quotient; a mean counts its input, a pooling its window per output, softmax 5 per element. Batch normalisation, ReLU, sigmoid,
    /// padding, joining: nothing.
    /// </remarks>
    public static OperationCost Of(Operator step)
    {
        var elements = step.Output.Count;
        return step.Operation switch
        {
            Convolution convolution => Convolved(step, convolution),
            LocallyConnected => Product(step, step.Inputs[1].Shape[1]),
            Standardization => new OperationCost(0, 4 * elements, 6 * elements),
            RootMeanSquareScaling => new OperationCost(0, 2 * elements, 3 * elements),
            UnitScaling scaling => OfElements(
                (3 * elements) + (2 * elements / TensorShape.Count(scaling.Axes.Select(axis => step.Input.Shape[axis])))),
            TransposedConvolution convolution => Transposed(step, convolution),
            MatrixProduct => Product(step, step.Inputs[1].Shape[0]),
            BatchedMatrixProduct product => Product(step, step.Input.Shape[product.TransposeLeft ? ^2 : ^1]),
            Pooling pooling => OfElements(elements * TensorShape.Count(pooling.Size)),
            Reduction { Aggregate: Aggregate.Average } => OfElements(step.Input.Count),
            Reduction { Aggregate: Aggregate.Sum } or ArgumentOf => OfElements(step.Input.Count - elements),
            Arithmetic arithmetic => Elements(arithmetic.Kind, elements),
            Unary unary => OfElements(PerElement(unary.Kind) * elements),
            Comparison => OfElements(elements),
            Activation { Kind: ActivationKind.Swish } => new OperationCost(0, elements, 2 * elements),
            Softmax { Logarithm: false } => OfElements(5 * elements),
            Scan scan => Scanned(step, scan),
            Recurrence recurrence => Recurrent(recurrence, elements),
            _ => default,
        };
    }

    /// <summary>Multiply-accumulate operations, and additions of a bias.</summary>
    /// <param name="macs">The multiply-accumulate operations.</param>
    /// <param name="biases">The additions.</param>
    /// <param name="isFast">Whether fast algorithms need fewer.</param>
    public static OperationCost OfProducts(long macs, long biases, bool isFast = false)
    {
        var flops = checked((2 * macs) + biases);
        return new OperationCost(macs, flops, flops, isFast ? macs : 0);
    }

    /// <summary>Operations that both rules count alike.</summary>
    public static OperationCost OfElements(long flops) => new(0, flops, flops);

    /// <summary>Both together.</summary>
    public static OperationCost operator +(OperationCost left, OperationCost right) =>
        new(checked(left.Macs + right.Macs), checked(left.Flops + right.Flops), checked(left.ProfilerFlops + right.ProfilerFlops),
            checked(left.FastMacs + right.FastMacs));

    private static OperationCost Elements(ArithmeticKind kind, long elements) => kind switch
    {
        ArithmeticKind.Add => new OperationCost(0, 0, elements),
        ArithmeticKind.SquaredDifference => OfElements(2 * elements),
        ArithmeticKind.FloorModulo or ArithmeticKind.FloorDivide => default,
        _ => OfElements(elements),
    };

    /// <summary>The functions that have an entry there.</summary>
    private static long PerElement(UnaryKind kind) => kind switch
    {
        UnaryKind.ReciprocalSquareRoot => 2,
        UnaryKind.Reciprocal or UnaryKind.Square or UnaryKind.Logarithm or UnaryKind.Negate => 1,
        _ => 0,
    };

    /// <summary>Every step counts; TensorFlow's profiler counts the body of a loop once, however often it runs.</summary>
    private static OperationCost Scanned(Operator step, Scan scan)
    {
        var once = Sum(scan.Step);
        var count = scan.Count(step);
        return new(
            checked(once.Macs * count), checked(once.Flops * count), checked(once.ProfilerFlops * count), checked(once.FastMacs * count));
    }

    /// <summary>A GRU mixes its state and the candidate with a multiplication less than in Keras, and adds the two biases of its gates
    /// beforehand.</summary>
    private static OperationCost Recurrent(Recurrence recurrence, long elements) => Sum(recurrence.Parts) + recurrence.Cell.Kind switch
    {
        RecurrentKind.GatedRecurrentUnit => OfElements(elements),
        RecurrentKind.GatedRecurrentUnitResetAfter => OfElements(recurrence.HasBias ? 3 * elements : elements),
        _ => default,
    };

    private static OperationCost Sum(Graph graph) =>
        graph.Operators.Aggregate(default(OperationCost), (sum, step) => sum + Of(step));

    private static OperationCost Convolved(Operator step, Convolution convolution)
    {
        var kernel = step.Inputs[1].Shape;
        var cost = Product(step, TensorShape.Count(kernel.SkipLast(1)));
        // One input channel a group is depthwise: those are limited by memory, and no runtime saves arithmetic there.
        var fast = kernel is [3, 3, > 1, _] && convolution.Window.Strides.All(stride => stride == 1)
            && convolution.Window.Dilations.All(dilation => dilation == 1);
        return fast ? cost with { FastMacs = cost.Macs } : cost;
    }

    /// <summary>Every element of the image meets the whole kernel. The profiler counts by the size of the output and the strides, which is
    /// more or less where the two do not divide.</summary>
    private static OperationCost Transposed(Operator step, TransposedConvolution convolution)
    {
        var kernel = step.Inputs[1];
        var macs = checked(step.Input.Count / kernel.Shape[^2] * kernel.Count);
        var bias = step.Inputs.Count > 2 ? step.Output.Count : 0;
        var strides = TensorShape.Count(convolution.Window.Strides);
        var flops = checked(2 * step.Output.Count * kernel.Count / (kernel.Shape[^1] * strides));
        return new OperationCost(macs, checked(flops + bias), checked(flops + bias));
    }

    private static OperationCost Product(Operator step, long macsPerElement)
    {
        var elements = step.Output.Count;
        return OfProducts(checked(elements * macsPerElement), step.Inputs.Count > 2 ? elements : 0);
    }
}

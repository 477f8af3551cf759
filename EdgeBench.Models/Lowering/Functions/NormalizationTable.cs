using EdgeBench.Models.Graphs;
using static EdgeBench.Models.Lowering.Functions.NamedFunction;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Functions that normalise by figures that they are given or take of the tensor.</summary>
internal static class NormalizationTable
{
    /// <summary>The functions.</summary>
    public static IReadOnlyList<NamedFunction> Functions { get; } =
    [
        Of("batch_normalization batch_norm", BatchNormalization),
        Of("local_response_normalization lrn", LocalResponseNormalization),
        Of("per_image_standardization", PerImageStandardization),
    ];

    /// <summary>(x - mean) / sqrt(variance + epsilon) * scale + offset. What <c>keras.ops</c> is given spans one axis, what TensorFlow is given
    /// meets x as in arithmetic.</summary>
    private static Value BatchNormalization(LayerContext layer, Arguments call)
    {
        var x = layer.Float(call.Tensor("x|input|inputs", 0));
        var axis = layer.Axis(x, call.Whole("axis") ?? -1);
        var deviation = layer.Unary(
            UnaryKind.ReciprocalSquareRoot,
            layer.Arithmetic(ArithmeticKind.Add, Spanning(call.Tensor("variance", 2)), call.Number("variance_epsilon|epsilon", 5) ?? 1e-3));
        var scale = call.OptionalTensor("scale", 4) is { } factor ? layer.Multiply(deviation, Spanning(factor)) : deviation;
        var scaled = layer.Multiply(layer.Subtract(x, Spanning(call.Tensor("mean", 1))), scale);
        return call.OptionalTensor("offset", 3) is { } offset ? layer.Add(scaled, Spanning(offset)) : scaled;

        Value Spanning(Value value) => call.Family == FunctionFamily.Keras && value.Rank == 1
            ? layer.Reshape(value, [.. x.Shape.Select((_, i) => i == axis ? value.Shape[0] : 1)])
            : value;
    }

    /// <summary>x / (bias + alpha * sum of x^2 over neighbouring channels)^beta: Krizhevsky, Sutskever and Hinton 2012, 3.3. The sum is a
    /// product with a band of ones.</summary>
    private static Value LocalResponseNormalization(LayerContext layer, Arguments call)
    {
        var x = layer.Float(call.Tensor("input|x", 0));
        var (radius, channels) = (call.Whole("depth_radius", 1) ?? 5, x.Shape[^1]);
        var alpha = call.Number("alpha", 3) ?? 1;
        var band = new double[checked(channels * channels)];
        for (var channel = 0; channel < channels; channel++)
        {
            var first = Math.Max(channel - radius, 0);
            var last = Math.Min(channel + radius, channels - 1);
            band.AsSpan((channel * channels) + first, last - first + 1).Fill(alpha);
        }

        var sums = layer.Weighted(
            layer.Unary(UnaryKind.Square, x), layer.Constant("band", [channels, channels], band),
            layer.Constant("bias", [channels], [.. Enumerable.Repeat(call.Number("bias", 2) ?? 1, channels)]));
        return layer.Multiply(x, layer.Power(sums, layer.Number(-(call.Number("beta", 4) ?? 0.5))));
    }

    /// <summary>(x - mean) / deviation of each image; the deviation of an image of n elements counts as 1 / sqrt(n) at least.</summary>
    private static Value PerImageStandardization(LayerContext layer, Arguments call)
    {
        var x = layer.Float(call.Tensor("image", 0));
        int[] axes = [-3, -2, -1];
        var least = 1 / Math.Sqrt(TensorShape.Count(x.Shape.TakeLast(3)));
        var deviation = layer.Unary(UnaryKind.SquareRoot, layer.Variance(x, axes, keepDimensions: true));
        return layer.Arithmetic(
            ArithmeticKind.Divide, layer.Subtract(x, layer.Reduce(Aggregate.Average, x, axes, keepDimensions: true)),
            layer.Arithmetic(ArithmeticKind.Maximum, deviation, least));
    }
}

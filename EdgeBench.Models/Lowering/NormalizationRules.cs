using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Shifts and scales.</summary>
internal static class NormalizationRules
{
    public static Value BatchNormalization(LayerContext layer)
    {
        var input = layer.Input;
        var axes = layer.Config.WholeList("axis") ?? [-1];
        int[] counted = [.. axes.Select(axis => TensorShape.Axis(axis, input.Rank) ?? 0)];
        if (counted.Length == 0 || counted.Contains(0))
        {
            throw new LayerNotSupportedException($"normalising over the axes {TensorShape.Text(axes)} of its input is not possible");
        }

        if (layer.Config.Whole("mode", 0) is not 0 and var mode)
        {
            throw new LayerNotSupportedException(
                $"mode {mode} of Keras 1 normalises by what it is given, not by what was learnt, which is not supported; use mode 0");
        }

        // Of several axes the variables have all dimensions of the input, those of no axis with size 1.
        int[] shape = counted is [var only]
            ? [input.Shape[only]]
            : [.. input.Shape.Select((size, axis) => counted.Contains(axis) ? size : 1)];
        var gamma = layer.Config.Flag("scale", true) ? layer.Variable("gamma", shape).Constant : null;
        var beta = layer.Config.Flag("center", true) ? layer.Variable("beta", shape).Constant : null;
        var mean = layer.Variable("moving_mean", shape).Constant!;
        var variance = layer.Variable("moving_variance", shape).Constant!;
        var epsilon = layer.Config.Number("epsilon", 1e-3);
        var (scale, offset) = (new double[mean.Length], new double[mean.Length]);
        for (var i = 0; i < mean.Length; i++)
        {
            var factor = (gamma?[i] ?? 1.0) / Math.Sqrt(variance[i] + epsilon);
            scale[i] = factor;
            offset[i] = (beta?[i] ?? 0.0) - (mean[i] * factor);
        }

        if (scale.Concat(offset).Any(value => !float.IsFinite((float)value)))
        {
            throw new LayerNotSupportedException(
                "its moving variance is negative or zero without an epsilon, so it cannot compute; train the model again");
        }

        var (factors, offsets) = (layer.Constant("scale", shape, scale), layer.Constant("offset", shape, offset));
        if (counted is [var axis])
        {
            var statistics = new BatchStatistics(gamma, variance, epsilon);
            return layer.Emit(new ScaleShift(axis, statistics), input.Shape, input, factors, offsets);
        }

        var scaled = layer.Emit(new Arithmetic(ArithmeticKind.Multiply), input.Shape, input, factors);
        return layer.Emit(new Arithmetic(ArithmeticKind.Add), input.Shape, scaled, offsets);
    }

    /// <summary>x * scale + offset. TensorFlow counts the multiplication, and the addition even where the offset is 0.</summary>
    public static Value Rescaling(LayerContext layer)
    {
        var input = layer.Input;
        var scaled = Combine(layer, ArithmeticKind.Multiply, input, layer.Config.Numbers("scale") ?? [1.0], "scale");
        return Combine(layer, ArithmeticKind.Add, scaled, layer.Config.Numbers("offset") ?? [0.0], "offset");
    }

    /// <summary>(x - mean) / max(sqrt(variance), 1e-7), or its inverse.</summary>
    public static Value Normalization(LayerContext layer)
    {
        const double Epsilon = 1e-7;
        var input = layer.Input;
        var axes = layer.Config.Find("axis") is null ? [] : layer.Config.WholeList("axis")!;
        var kept = axes.Select(axis => TensorShape.Axis(axis, input.Rank) ?? throw NotAnAxis(axis)).Order().ToArray();
        var shape = Enumerable.Range(0, input.Rank).Select(axis => kept.Contains(axis) ? input.Shape[axis] : 1).ToArray();
        var stored = kept.Select(axis => input.Shape[axis]).ToArray();
        var (mean, variance) = (layer.Config.Numbers("mean"), layer.Config.Numbers("variance"));
        if (mean is null || variance is null)
        {
            mean = Doubles(layer.Variable("mean", stored));
            variance = Doubles(layer.Variable("variance", stored));
            layer.SkipVariable("count");
        }

        var count = (int)TensorShape.Count(shape);
        var means = Spread(mean, count);
        var deviations = Spread(variance, count).Select(value => Math.Max(Math.Sqrt(value), Epsilon)).ToArray();
        var centre = layer.Constant("mean", shape, Array.ConvertAll(means, value => (float)value));
        var spread = layer.Constant("deviation", shape, Array.ConvertAll(deviations, value => (float)value));
        if (spread.Constant!.Any(value => !float.IsFinite(value)))
        {
            throw new LayerNotSupportedException("its variance is negative, so it cannot compute; adapt it again");
        }

        layer.CountConstantFlops(count);
        if (layer.Config.Flag("invert", false))
        {
            var grown = layer.Emit(new Arithmetic(ArithmeticKind.Multiply), input.Shape, input, spread);
            return layer.Emit(new Arithmetic(ArithmeticKind.Add), input.Shape, grown, centre);
        }

        var centred = layer.Emit(new Arithmetic(ArithmeticKind.Subtract), input.Shape, input, centre);
        return layer.Emit(new Arithmetic(ArithmeticKind.Divide), input.Shape, centred, spread);
    }

    private static Value Combine(LayerContext layer, ArithmeticKind kind, Value input, double[] numbers, string role)
    {
        int[] shape = numbers.Length == 1 ? [] : [numbers.Length];
        if (numbers.Length != 1 && numbers.Length != input.Shape[^1])
        {
            throw new LayerNotSupportedException($"'{role}' has {numbers.Length} values for {input.Shape[^1]} channels");
        }

        var constant = layer.Constant(role, shape, Array.ConvertAll(numbers, value => (float)value));
        return layer.Emit(new Arithmetic(kind), input.Shape, input, constant);
    }

    private static double[] Doubles(Value variable) => Array.ConvertAll(variable.Constant!, value => (double)value);

    private static double[] Spread(double[] values, int count) => values.Length == count ? values
        : values.Length == 1 ? Enumerable.Repeat(values[0], count).ToArray()
        : throw new LayerNotSupportedException($"it has {values.Length} means or variances for {count} places");

    private static LayerNotSupportedException NotAnAxis(int axis) => new($"its input has no axis {axis}");
}

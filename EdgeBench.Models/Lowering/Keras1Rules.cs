using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Layers that Keras 1 alone has. Their variables have the names of Keras 1, as no later one has any.</summary>
internal static class Keras1Rules
{
    /// <summary>The ways to join that no later class has.</summary>
    public static Value Merge(LayerContext layer) => throw new LayerNotSupportedException(
        layer.Config.Text("mode") == "cos" && layer.Config.Text("mode_type") is null or "raw"
            ? "the mode 'cos' is not supported; normalise both tensors and use the mode 'dot'"
            : "joins by Python code, which is never run; use one of the modes of Merge and save again");

    /// <summary>max over f of x W(f) + b(f).</summary>
    public static Value MaxoutDense(LayerContext layer)
    {
        var input = layer.InputOfRank(2);
        var (features, units, channels) = (layer.Config.Whole("nb_feature", 4), layer.Config.Whole("units"), input.Shape[1]);
        var stored = layer.Variable("kernel", features, channels, units).Constant!;
        var bias = layer.Config.Flag("use_bias", true) ? layer.Variable("bias", features, units).Reshaped([features * units]) : null;
        var kernel = new float[stored.Length];
        for (var feature = 0; feature < features; feature++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                stored.AsSpan(((feature * channels) + channel) * units, units)
                    .CopyTo(kernel.AsSpan(((channel * features) + feature) * units));
            }
        }

        var matrix = layer.Constant("kernel", [channels, features * units], kernel);
        var products = layer.Emit(
            new MatrixProduct(), [input.Shape[0], features * units], bias is null ? [input, matrix] : [input, matrix, bias]);
        var apart = layer.Emit(new Reshaping(), [input.Shape[0], features, units], products);
        return layer.Emit(new Reduction(Aggregate.Maximum, [1], KeepDimensions: false), [input.Shape[0], units], apart);
    }

    /// <summary>t f(x W + b) + (1 - t) x, where the gate t is sigmoid(x W_carry + b_carry).</summary>
    public static Value Highway(LayerContext layer)
    {
        var input = layer.InputOfRank(2);
        var size = input.Shape[1];
        var hasBias = layer.Config.Flag("use_bias", true);
        var kernel = layer.Variable("kernel", size, size);
        var carry = layer.Variable("W_carry", size, size);
        Value[] bias = hasBias ? [layer.Variable("bias", size)] : [];
        Value[] carryBias = hasBias ? [layer.Variable("b_carry", size)] : [];
        var computed = ActivationRules.Apply(
            layer, layer.Emit(new MatrixProduct(), input.Shape, [input, kernel, .. bias]), "activation");
        var gate = layer.Emit(
            new Activation(ActivationKind.Sigmoid),
            input.Shape,
            layer.Emit(new MatrixProduct(), input.Shape, [input, carry, .. carryBias]));
        var difference = layer.Emit(new Arithmetic(ArithmeticKind.Subtract), input.Shape, computed, input);
        var moved = layer.Emit(new Arithmetic(ArithmeticKind.Multiply), input.Shape, difference, gate);
        return layer.Emit(new Arithmetic(ArithmeticKind.Add), input.Shape, input, moved);
    }

    /// <summary>alpha log(1 + exp(beta x)).</summary>
    public static Value ParametricSoftplus(LayerContext layer)
    {
        var input = layer.Input;
        int[] shape = [.. input.Shape.Skip(1)];
        var alphas = layer.Variable("alphas", shape);
        var scaled = layer.Emit(new Arithmetic(ArithmeticKind.Multiply), input.Shape, input, layer.Variable("betas", shape));
        var soft = layer.Emit(new Activation(ActivationKind.Softplus), input.Shape, scaled);
        return layer.Emit(new Arithmetic(ArithmeticKind.Multiply), input.Shape, soft, alphas);
    }

    /// <summary>x between the thresholds l and r, and lines of slopes of their own outside: l + min(max(x - l, 0), r - l)
    /// + a_l min(x - l, 0) + a_r max(x - r, 0), where r is l and the absolute value of what is stored for it.</summary>
    public static Value SRelu(LayerContext layer)
    {
        var input = layer.Input;
        var shared = layer.Config.WholeList("shared_axes") ?? [];
        int[] shape = [.. input.Shape.Skip(1).Select((size, axis) => shared.Contains(axis + 1) ? 1 : size)];
        var left = layer.Variable("t_left", shape);
        var leftSlope = layer.Variable("a_left", shape);
        var width = layer.Variable("t_right", shape).Constant!.Select(value => Math.Abs((double)value)).ToArray();
        var rightSlope = layer.Variable("a_right", shape);
        var right = layer.Constant("right", shape, left.Constant!.Zip(width, (threshold, more) => threshold + more).ToArray());

        var fromLeft = Combine(ArithmeticKind.Subtract, input, left);
        var middle = Combine(ArithmeticKind.Minimum, Positive(fromLeft), layer.Constant("width", shape, width));
        var below = Combine(ArithmeticKind.Multiply, Combine(ArithmeticKind.Minimum, fromLeft, layer.Constant("zero", 0)), leftSlope);
        var above = Combine(ArithmeticKind.Multiply, Positive(Combine(ArithmeticKind.Subtract, input, right)), rightSlope);
        var inside = Combine(ArithmeticKind.Add, middle, left);
        return Combine(ArithmeticKind.Add, Combine(ArithmeticKind.Add, inside, below), above);

        Value Combine(ArithmeticKind kind, Value x, Value y) => layer.Emit(new Arithmetic(kind), input.Shape, x, y);

        Value Positive(Value x) => layer.Emit(new Activation(ActivationKind.Relu), input.Shape, x);
    }
}

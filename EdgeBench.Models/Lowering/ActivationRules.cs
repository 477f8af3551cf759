using System.Text.Json;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>Activations, as layers of their own and inside others.</summary>
internal static class ActivationRules
{
    public static Value Activation(LayerContext layer) => Apply(layer, layer.Input, "activation");

    public static Value Relu(LayerContext layer)
    {
        var maximum = layer.Config.NumberOrNull("max_value");
        var slope = layer.Config.Number("negative_slope", 0);
        var threshold = layer.Config.Number("threshold", 0);
        return Rectify(layer, layer.Input, maximum, slope, threshold);
    }

    public static Value LeakyRelu(LayerContext layer) => Leaky(layer, layer.Input, layer.Config);

    public static Value Elu(LayerContext layer) =>
        Emit(layer, layer.Input, new Activation(ActivationKind.Elu, layer.Config.Number("alpha", 1)));

    public static Value ThresholdedRelu(LayerContext layer) =>
        Emit(layer, layer.Input, new Activation(ActivationKind.ThresholdedRelu, layer.Config.Number("theta", 1)));

    /// <summary>Keras has a slope for every place of its input but the batch, or one for all places along the shared axes; a negative one
    /// counts from behind the last.</summary>
    public static Value ParametricRelu(LayerContext layer)
    {
        var input = layer.Input;
        var shared = layer.Config.WholeList("shared_axes") ?? [];
        int[] shape = [.. Enumerable.Range(1, input.Rank - 1).Select(axis =>
            shared.Contains(axis) || shared.Contains(axis + 1 - input.Rank) ? 1 : input.Shape[axis])];
        return layer.Emit(new ParametricRelu(), input.Shape, input, layer.Variable("alpha", shape));
    }

    /// <summary>Places that a mask leaves out do not count.</summary>
    public static Value SoftmaxLayer(LayerContext layer)
    {
        const double Unseen = -1e9;
        var axes = layer.Config.WholeList("axis") ?? [-1];
        var input = layer.Input;
        if (layer.Mask is not { } mask || layer.Writer.IsBefore(2, 4))
        {
            return Soft(layer, input, axes, logarithm: false);
        }

        if (mask.Rank != input.Rank)
        {
            throw new LayerNotSupportedException(
                $"its mask has the shape {TensorShape.Text(mask.Shape)}, and its input {TensorShape.Text(input.Shape)}, which Keras does "
                + "not take together; give it a mask of the input's shape, or none");
        }

        var truth = mask.Type == ElementType.Float32 ? layer.Compare(ComparisonKind.Greater, mask, layer.Number(0.5)) : layer.Truth(mask);
        var hidden = Soft(layer, layer.Select(truth, input, layer.Number(Unseen)), axes, logarithm: false);
        return layer.Writer.ZeroesWhatSeesNothing ? layer.Multiply(hidden, layer.Float(truth)) : hidden;
    }

    /// <summary>Applies the activation that a key of the configuration names; none where it is missing.</summary>
    public static Value Apply(LayerContext layer, Value input, string key)
    {
        if (layer.Config.Find(key) is not { } element)
        {
            return input;
        }

        var (name, config) = Read(element);
        return name switch
        {
            "linear" => ReferenceEquals(input, layer.Inputs[0]) ? StructureRules.Unchanged(layer) : input,
            "softmax" or "Softmax" => Soft(layer, input, config.WholeList("axis") ?? [-1], logarithm: false),
            "log_softmax" => Soft(layer, input, [-1], logarithm: true),
            "glu" => GatedLinear(layer, input),
            "sparse_plus" => SparsePlus(layer, input),
            "sparsemax" => Sparsemax(layer, input),
            "ReLU" => Rectify(
                layer, input, config.NumberOrNull("max_value"), config.Number("negative_slope", 0), config.Number("threshold", 0)),
            "LeakyReLU" => Leaky(layer, input, config),
            "ELU" => Emit(layer, input, new Activation(ActivationKind.Elu, config.Number("alpha", 1))),
            _ => Emit(layer, input, Named(name, layer.KerasGeneration) ?? throw Unknown(name)),
        };
    }

    /// <summary>The functions of <c>keras.activations</c> by name. Where the generations differ, the file's counts.</summary>
    private static Activation? Named(string name, int kerasGeneration) => name switch
    {
        "relu" => new(ActivationKind.Relu),
        "relu6" => new(ActivationKind.Clip, 0, 6),
        "leaky_relu" => new(ActivationKind.LeakyRelu, 0.2),
        "elu" => new(ActivationKind.Elu, 1),
        "selu" => new(ActivationKind.Selu),
        "celu" => new(ActivationKind.Celu, 1),
        "sigmoid" => new(ActivationKind.Sigmoid),
        "hard_sigmoid" => kerasGeneration == 2 ? new(ActivationKind.HardSigmoid, 0.2, 0.5) : new(ActivationKind.HardSigmoid, 1.0 / 6, 0.5),
        "swish" or "silu" => new(ActivationKind.Swish),
        "sparse_sigmoid" => new(ActivationKind.HardSigmoid, 0.5, 0.5),
        "hard_swish" or "hard_silu" => new(ActivationKind.HardSwish),
        "tanh" => new(ActivationKind.Tanh),
        "hard_tanh" => new(ActivationKind.Clip, -1, 1),
        "softplus" => new(ActivationKind.Softplus),
        "softsign" => new(ActivationKind.Softsign),
        "exponential" => new(ActivationKind.Exponential),
        "mish" => new(ActivationKind.Mish),

        // Keras 2 computes it exactly unless told otherwise in a function of the author's.
        "gelu" => new(ActivationKind.Gelu),
        "log_sigmoid" => new(ActivationKind.LogSigmoid),
        "tanh_shrink" => new(ActivationKind.TanhShrink),
        "hard_shrink" => new(ActivationKind.HardShrink, 0.5),
        "soft_shrink" => new(ActivationKind.SoftShrink, 0.5),
        "squareplus" => new(ActivationKind.Squareplus, 4),
        _ => null,
    };

    /// <summary>A name, or an object that is a function or a layer.</summary>
    private static (string Name, LayerConfig Config) Read(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return (element.GetString()!, default);
        }

        var outer = new LayerConfig(element);
        if (outer.Text("class_name") is not { } className)
        {
            throw new LayerNotSupportedException("its activation is neither a name nor a layer");
        }

        if (outer.Text("registered_name") is { } registered && registered.Contains('>', StringComparison.Ordinal)
            && !registered.StartsWith("Keras>", StringComparison.Ordinal))
        {
            throw Unknown(registered);
        }

        var config = outer.Find("config");
        return className == "function"
            ? (config is { ValueKind: JsonValueKind.String } name ? name.GetString()! : throw Unknown(className), default)
            : (className, new LayerConfig(config ?? default));
    }

    /// <summary>Keras 2 calls the slope alpha.</summary>
    private static Value Leaky(LayerContext layer, Value input, LayerConfig config)
    {
        var slope = config.NumberOrNull("negative_slope") ?? config.Number("alpha", 0.3);
        return Emit(layer, input, new Activation(ActivationKind.LeakyRelu, slope));
    }

    /// <summary>min(x, maximum) where x > threshold, slope * (x - threshold) below.</summary>
    public static Value Rectify(LayerContext layer, Value input, double? maximum, double slope, double threshold)
    {
        if (maximum is < 0)
        {
            throw new LayerNotSupportedException("a ReLU with a maximum below 0 is not possible");
        }

        if (threshold == 0)
        {
            return (slope, maximum) switch
            {
                (0, null) => Emit(layer, input, new Activation(ActivationKind.Relu)),
                (0, { } limit) => Emit(layer, input, new Activation(ActivationKind.Clip, 0, limit)),
                (_, null) => Emit(layer, input, new Activation(ActivationKind.LeakyRelu, slope)),
                (_, { } limit) => Emit(
                    layer,
                    Emit(layer, input, new Activation(ActivationKind.LeakyRelu, slope)),
                    new Activation(ActivationKind.Clip, double.NegativeInfinity, limit)),
            };
        }

        var above = Emit(layer, input, new Activation(ActivationKind.ThresholdedRelu, threshold));
        if (maximum is { } greatest)
        {
            above = Emit(layer, above, new Activation(ActivationKind.Clip, 0, greatest));
        }

        if (slope == 0)
        {
            return above;
        }

        var distance = layer.Emit(new Arithmetic(ArithmeticKind.Subtract), input.Shape, layer.Constant("threshold", threshold), input);
        var below = Emit(layer, distance, new Activation(ActivationKind.Relu));
        var sloped = layer.Emit(new Arithmetic(ArithmeticKind.Multiply), input.Shape, below, layer.Constant("slope", slope));
        return layer.Emit(new Arithmetic(ArithmeticKind.Subtract), input.Shape, above, sloped);
    }

    /// <summary>One half of the last dimension times the sigmoid of the other.</summary>
    private static Value GatedLinear(LayerContext layer, Value input)
    {
        var axis = layer.AxisOf(-1, input.Rank)!.Value;
        var half = input.Shape.ToArray();
        half[axis] /= 2;
        if (input.Shape[axis] % 2 != 0)
        {
            throw new LayerNotSupportedException($"the activation 'glu' halves a dimension of {input.Shape[axis]}, which is odd");
        }

        var parts = layer.EmitSeveral(new Splitting(axis), [(half, input.Type), (half, input.Type)], input);
        var gate = layer.Emit(new Activation(ActivationKind.Sigmoid), half, parts[1]);
        return layer.Emit(new Arithmetic(ArithmeticKind.Multiply), half, parts[0], gate);
    }

    /// <summary>0 up to -1, (x + 1)^2 / 4 up to 1, then x: the square of a line that is cut off, and what is beyond 1.</summary>
    public static Value SparsePlus(LayerContext layer, Value input)
    {
        var cut = Emit(layer, input, new Activation(ActivationKind.Clip, -1, 1));
        var halved = With(cut, ArithmeticKind.Multiply, 0.5);
        var curve = layer.Emit(new Unary(UnaryKind.Square), input.Shape, With(halved, ArithmeticKind.Add, 0.5));
        var beyond = Emit(layer, With(input, ArithmeticKind.Subtract, 1), new Activation(ActivationKind.Relu));
        return layer.Emit(new Arithmetic(ArithmeticKind.Add), input.Shape, curve, beyond);

        Value With(Value value, ArithmeticKind kind, double number) =>
            layer.Emit(new Arithmetic(kind), input.Shape, value, layer.Constant("number", number));
    }

    /// <summary>max(x - t, 0), where t is the greatest of (sum of the k greatest elements - 1) / k: Martins and Astudillo 2016, "From Softmax
    /// to Sparsemax". Every element is compared with every other: TFLite's sorting is dynamic, which XNNPACK refuses.</summary>
    public static Value Sparsemax(LayerContext layer, Value input)
    {
        const int RowAxis = 2, ColumnAxis = 3;
        if (layer.AxisOf(-1, input.Rank) != input.Rank - 1)
        {
            throw new LayerNotSupportedException("the activation 'sparsemax' with channels_first is not supported; use channels_last");
        }

        var (batch, count) = (input.Shape[0], input.Shape[^1]);
        var rows = checked((int)(input.Count / batch / count));
        int[] flat = [batch, rows, count];
        int[] square = [batch, rows, count, count];
        var x = View(input, flat);
        var others = View(input, [batch, rows, 1, count]);
        var atLeast = layer.Emit(
            new Comparison(ComparisonKind.GreaterOrEqual), square, others, View(input, [batch, rows, count, 1]));
        var mask = layer.Cast(atLeast, ElementType.Float32);
        var sum = new Reduction(Aggregate.Sum, [ColumnAxis], KeepDimensions: false);
        var greater = layer.Emit(sum, flat, layer.Emit(new Arithmetic(ArithmeticKind.Multiply), square, mask, others));
        var less = layer.Emit(new Arithmetic(ArithmeticKind.Subtract), flat, greater, layer.Constant("one", 1));
        var thresholds = layer.Emit(new Arithmetic(ArithmeticKind.Divide), flat, less, layer.Emit(sum, flat, mask));
        var threshold = layer.Emit(
            new Reduction(Aggregate.Maximum, [RowAxis], KeepDimensions: true), [batch, rows, 1], thresholds);
        var above = layer.Emit(new Arithmetic(ArithmeticKind.Subtract), flat, x, threshold);
        return View(Emit(layer, above, new Activation(ActivationKind.Relu)), input.Shape);

        Value View(Value value, IReadOnlyList<int> shape) => layer.Emit(new Reshaping(), shape, value);
    }

    /// <summary>Over several axes exp(x - log(sum(exp(x)))), as Keras computes it then.</summary>
    private static Value Soft(LayerContext layer, Value input, int[] axes, bool logarithm)
    {
        int[] counted = [.. axes.Select(axis => layer.AxisOf(axis, input.Rank)
            ?? throw new LayerNotSupportedException($"its input of the shape {TensorShape.Text(input.Shape)} has no axis {axis}"))];
        return counted is [var only]
            ? layer.Emit(new Softmax(only, logarithm), input.Shape, input)
            : layer.Activate(layer.Subtract(input, layer.LogSumExp(input, counted, keepDimensions: true)), ActivationKind.Exponential);
    }

    private static Value Emit(LayerContext layer, Value input, Activation activation) => layer.Emit(activation, input.Shape, input);

    private static LayerNotSupportedException Unknown(string name) =>
        new($"the activation '{name}' is not supported, or is the author's own; use one of Keras");
}

using System.Text.Json;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

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

    public static Value SoftmaxLayer(LayerContext layer) =>
        Soft(layer, layer.Input, layer.Config.WholeList("axis") ?? [-1], logarithm: false);

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

    private static Value Soft(LayerContext layer, Value input, int[] axes, bool logarithm) =>
        axes.Length == 1 && TensorShape.Axis(axes[0], input.Rank) is { } axis
            ? layer.Emit(new Softmax(axis, logarithm), input.Shape, input)
            : throw new LayerNotSupportedException($"a softmax over the axes {TensorShape.Text(axes)} is not supported; use one axis");

    private static Value Emit(LayerContext layer, Value input, Activation activation) => layer.Emit(activation, input.Shape, input);

    private static LayerNotSupportedException Unknown(string name) =>
        new($"the activation '{name}' is not supported, or is the author's own; use one of Keras");
}

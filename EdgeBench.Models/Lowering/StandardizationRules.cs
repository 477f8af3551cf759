using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>Normalisations by what a sample itself shows: layer, group, root mean square and unit normalisation.</summary>
internal static class StandardizationRules
{
    public static Value LayerNormalization(LayerContext layer)
    {
        var input = layer.Input;
        var listed = Axes(layer, input);
        var epsilon = layer.Config.Number("epsilon", 1e-3);
        int[] axes = [.. listed.Order()];
        if (layer.Config.Flag("rms_scaling", false))
        {
            return Scale(layer, ByDeviation(layer, input, axes, epsilon), listed, scales: true, shifts: false);
        }

        var standard = layer.Emit(new Standardization(axes, epsilon), input.Shape, input);
        return Scale(layer, standard, listed, layer.Config.Flag("scale", true), layer.Config.Flag("center", true));
    }

    /// <summary>As many groups as channels are no groups: every channel has its own mean. -1 means that.</summary>
    public static Value GroupNormalization(LayerContext layer)
    {
        const int DefaultGroups = 32;
        var input = layer.Input;
        if (Axes(layer, input) is not [var axis])
        {
            throw new LayerNotSupportedException("groups along several axes are not supported; use one axis");
        }

        var channels = input.Shape[axis];
        var stored = layer.Config.Whole("groups", DefaultGroups);
        var groups = stored == -1 ? channels : stored;
        if (groups < 1 || channels % groups != 0)
        {
            throw new LayerNotSupportedException($"{channels} channels cannot be divided into {groups} groups");
        }

        var image = layer.MoveAxis(input, axis, -1);
        var whole = Enumerable.Range(1, input.Rank - 1).ToArray();
        var operation = groups == channels && input.Rank > 2
            ? new Standardization(whole[..^1], Epsilon(layer))
            : new Standardization(whole, Epsilon(layer), groups);
        var standard = layer.Emit(operation, image.Shape, image);
        var scaled = Scale(layer, standard, [input.Rank - 1], layer.Config.Flag("scale", true), layer.Config.Flag("center", true));
        return layer.MoveAxis(scaled, -1, axis);
    }

    public static Value RootMeanSquareNormalization(LayerContext layer)
    {
        var input = layer.Input;
        int[] axes = [.. Axes(layer, input).Order()];
        var normal = layer.Emit(
            new RootMeanSquareScaling(axes, layer.Config.Number("epsilon", 1e-6)), input.Shape, input);
        return Multiply(layer, normal, axes, layer.Variable("scale", [.. axes.Select(axis => input.Shape[axis])]));
    }

    /// <summary>The length counts as at least 1e-6, the root of TensorFlow's smallest sum of squares.</summary>
    public static Value UnitNormalization(LayerContext layer)
    {
        const double Epsilon = 1e-6;
        return layer.Emit(new UnitScaling([.. Axes(layer, layer.Input).Order()], Epsilon), layer.Input.Shape, layer.Input);
    }

    /// <summary>x / sqrt(variance + epsilon): what Keras 3 calls <c>rms_scaling</c> leaves the mean where it is.</summary>
    private static Value ByDeviation(LayerContext layer, Value input, int[] axes, double epsilon)
    {
        var variance = layer.Variance(input, axes, keepDimensions: true);
        var shifted = layer.Add(variance, layer.Constant("epsilon", epsilon));
        return layer.Multiply(input, layer.Unary(UnaryKind.ReciprocalSquareRoot, shifted));
    }

    /// <summary>The variables <c>gamma</c> and <c>beta</c>, which span the axes in the order in which the configuration lists
    /// them.</summary>
    private static Value Scale(LayerContext layer, Value input, int[] axes, bool scales, bool shifts)
    {
        int[] shape = [.. axes.Select(axis => input.Shape[axis])];
        var gamma = scales ? layer.Variable("gamma", shape) : null;
        var beta = shifts ? layer.Variable("beta", shape) : null;
        if (axes is [var only] && only == input.Rank - 1 && (gamma ?? beta) is not null)
        {
            return layer.Emit(
                new ScaleShift(only), input.Shape, input,
                gamma ?? layer.Constant("scale", shape, Enumerable.Repeat(1f, shape[0]).ToArray()),
                beta ?? layer.Constant("offset", shape, new float[shape[0]]));
        }

        var scaled = gamma is null ? input : Multiply(layer, input, axes, gamma);
        return beta is null
            ? scaled
            : layer.Emit(new Arithmetic(ArithmeticKind.Add), input.Shape, scaled, beta.Reshaped(Spanning(input, axes)));
    }

    private static Value Multiply(LayerContext layer, Value input, int[] axes, Value factors) =>
        layer.Emit(new Arithmetic(ArithmeticKind.Multiply), input.Shape, input, factors.Reshaped(Spanning(input, axes)));

    private static int[] Spanning(Value input, int[] axes) =>
        [.. input.Shape.Select((size, axis) => axes.Contains(axis) ? size : 1)];

    private static double Epsilon(LayerContext layer) => layer.Config.Number("epsilon", 1e-3);

    private static int[] Axes(LayerContext layer, Value input)
    {
        var axes = layer.Config.WholeList("axis") ?? [-1];
        int[] counted = [.. axes.Select(axis => TensorShape.Axis(axis, input.Rank) ?? 0)];
        return counted.Length == 0 || counted.Contains(0) || counted.Distinct().Count() < counted.Length
            ? throw new LayerNotSupportedException($"normalising over the axes {TensorShape.Text(axes)} of its input is not possible")
            : counted;
    }
}

using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Classes that the networks of <c>keras.applications</c> bring with them.</summary>
internal static class ApplicationRules
{
    /// <summary>ConvNeXt: a factor for every channel.</summary>
    public static Value LayerScale(LayerContext layer)
    {
        var input = layer.Input;
        var gamma = layer.Variable("gamma", layer.Config.Whole("projection_dim"));
        return gamma.Shape[0] == input.Shape[^1]
            ? layer.Emit(new Arithmetic(ArithmeticKind.Multiply), input.Shape, input, gamma)
            : throw new LayerNotSupportedException($"its 'projection_dim' of {gamma.Shape[0]} does not fit {input.Shape[^1]} channels");
    }

    /// <summary>Inception-ResNet: the first input and the second times a number.</summary>
    public static Value CustomScale(LayerContext layer)
    {
        if (layer.Inputs is not [var shortcut, var branch] || !shortcut.Shape.SequenceEqual(branch.Shape))
        {
            throw new LayerNotSupportedException("it is not called with two tensors of one shape");
        }

        var scale = layer.Config.NumberOrNull("scale") ?? throw new LayerNotSupportedException("its configuration lacks 'scale'");
        var scaled = layer.Emit(new Arithmetic(ArithmeticKind.Multiply), branch.Shape, branch, layer.Constant("scale", scale));
        return layer.Emit(new Arithmetic(ArithmeticKind.Add), branch.Shape, shortcut, scaled);
    }
}

using System.Text.Json;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>TensorFlow functions called between layers, which tf.keras keeps as <c>TFOpLambda</c>. The function is only a name: nothing is
/// run.</summary>
internal static class OperationRules
{
    public static IReadOnlyList<Value> TensorFlowOperation(LayerContext layer)
    {
        var function = layer.Config.Text("function") ?? "";
        ArithmeticKind kind = function switch
        {
            "math.add" or "__operators__.add" => ArithmeticKind.Add,
            "math.subtract" or "__operators__.sub" => ArithmeticKind.Subtract,
            "math.multiply" or "__operators__.mul" => ArithmeticKind.Multiply,
            "math.truediv" or "math.divide" or "__operators__.truediv" => ArithmeticKind.Divide,
            _ => throw new LayerNotSupportedException(
                $"the TensorFlow function '{function}' is not supported yet; use a Keras layer for it"),
        };
        var left = Operand(layer, "x", 0);
        var right = Operand(layer, "y", 1);
        var shape = MergeRules.Broadcast(left.Shape, right.Shape)
            ?? throw new LayerNotSupportedException(
                $"{TensorShape.Text(left.Shape)} and {TensorShape.Text(right.Shape)} do not fit together");
        return [layer.Emit(new Arithmetic(kind), shape, left, right)];
    }

    /// <summary>An argument by its name or its place: a tensor or a constant.</summary>
    private static Value Operand(LayerContext layer, string name, int place)
    {
        var argument = layer.Call.Keyword.GetValueOrDefault(name) ?? layer.Call.Positional.ElementAtOrDefault(place)
            ?? throw new LayerNotSupportedException($"its argument '{name}' is missing");
        if (argument is CallArgument.Constant constant)
        {
            return Constant(layer, name, LayerConfig.Unwrap(constant.Value));
        }

        var tensors = layer.Call.Tensors.ToList();
        return argument is CallArgument.Tensor tensor && tensors.IndexOf(tensor.Reference) is >= 0 and var index
            ? layer.Inputs[index]
            : throw new LayerNotSupportedException($"its argument '{name}' is not one tensor");
    }

    private static Value Constant(LayerContext layer, string name, JsonElement element)
    {
        var shape = new List<int>();
        for (var inner = element; inner.ValueKind == JsonValueKind.Array; inner = inner[0])
        {
            shape.Add(inner.GetArrayLength());
            if (shape[^1] == 0)
            {
                throw new LayerNotSupportedException($"its argument '{name}' is empty");
            }
        }

        var numbers = new List<double>();
        LayerConfig.Flatten(element, name, numbers);
        return TensorShape.Count(shape) == numbers.Count
            ? layer.Constant(name, shape, [.. numbers.Select(number => (float)number)])
            : throw new LayerNotSupportedException($"its argument '{name}' is no regular list of numbers");
    }
}

using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Steps of a rule that work element by element, with the types and shapes that Keras gives their results.</summary>
internal static class ElementFunctions
{
    public static Value Arithmetic(this LayerContext layer, ArithmeticKind kind, Value x, Value y)
    {
        (x, y) = layer.Alike(x, y);
        if (kind == ArithmeticKind.Divide || x.Type == ElementType.Bool)
        {
            (x, y) = (layer.Float(x), layer.Float(y));
        }

        return layer.Emit(new Arithmetic(kind), Meeting(x, y), x, y);
    }

    public static Value Arithmetic(this LayerContext layer, ArithmeticKind kind, Value x, double y) =>
        layer.Arithmetic(kind, x, layer.Number(y, x.Type));

    public static Value Add(this LayerContext layer, Value x, Value y) => layer.Arithmetic(ArithmeticKind.Add, x, y);

    public static Value Subtract(this LayerContext layer, Value x, Value y) => layer.Arithmetic(ArithmeticKind.Subtract, x, y);

    public static Value Multiply(this LayerContext layer, Value x, Value y) => layer.Arithmetic(ArithmeticKind.Multiply, x, y);

    public static Value Compare(this LayerContext layer, ComparisonKind kind, Value x, Value y)
    {
        (x, y) = layer.Alike(x, y);
        return layer.Emit(new Comparison(kind), Meeting(x, y), x, y);
    }

    public static Value Logic(this LayerContext layer, LogicKind kind, Value x, Value y) =>
        layer.Emit(new Logic(kind), Meeting(x, y), layer.Truth(x), layer.Truth(y));

    public static Value Select(this LayerContext layer, Value condition, Value x, Value y)
    {
        (x, y) = layer.Alike(x, y);
        var shape = Broadcast(condition.Shape, Meeting(x, y));
        return layer.Emit(new Selection(), shape, layer.Truth(condition), x, y);
    }

    /// <summary>A function of each element, of floats but for those that keep whole numbers whole.</summary>
    public static Value Unary(this LayerContext layer, UnaryKind kind, Value x)
    {
        var operand = kind switch
        {
            UnaryKind.Not => layer.Truth(x),
            UnaryKind.Absolute or UnaryKind.Negate or UnaryKind.Square => x.Type == ElementType.Bool ? layer.Float(x) : x,
            _ => layer.Float(x),
        };
        return layer.Emit(new Unary(kind), x.Shape, operand);
    }

    public static Value Activate(this LayerContext layer, Value x, ActivationKind kind, double alpha = 0, double beta = 0) =>
        layer.Emit(new Activation(kind, alpha, beta), x.Shape, layer.Float(x));

    /// <summary>A power, by a cheaper operator where the exponent is a number that has one.</summary>
    public static Value Power(this LayerContext layer, Value x, Value y)
    {
        var exponent = y.IsConstant && y.Count == 1 ? y.Exact()[0] : double.NaN;
        return exponent switch
        {
            1 => layer.Same(x),
            2 => layer.Unary(UnaryKind.Square, x),
            0.5 => layer.Unary(UnaryKind.SquareRoot, x),
            -0.5 => layer.Unary(UnaryKind.ReciprocalSquareRoot, x),
            -1 => layer.Unary(UnaryKind.Reciprocal, x),
            _ => layer.Arithmetic(ArithmeticKind.Power, x, y),
        };
    }

    /// <summary>min(max(x, least), most).</summary>
    public static Value Clip(this LayerContext layer, Value x, Value? least, Value? most)
    {
        if (x.Type == ElementType.Float32 && most is { IsConstant: true, Count: 1 } && least is null or { IsConstant: true, Count: 1 })
        {
            return layer.Activate(x, ActivationKind.Clip, least?.Exact()[0] ?? double.NegativeInfinity, most!.Exact()[0]);
        }

        var raised = least is null ? x : layer.Arithmetic(ArithmeticKind.Maximum, x, least);
        return most is null ? raised : layer.Arithmetic(ArithmeticKind.Minimum, raised, most);
    }

    public static Value Softmax(this LayerContext layer, Value x, int axis, bool logarithm = false) =>
        layer.Emit(new Softmax(layer.Axis(x, axis), logarithm), x.Shape, layer.Float(x));

    /// <summary>The value under the name of this layer, as what it returns must be its own.</summary>
    public static Value Same(this LayerContext layer, Value x) => layer.Emit(new Identity(), x.Shape, x);

    public static Value Float(this LayerContext layer, Value x) => layer.Cast(x, ElementType.Float32);

    public static Value Truth(this LayerContext layer, Value x) => layer.Cast(x, ElementType.Bool);

    /// <summary>A constant that is one number.</summary>
    public static Value Number(this LayerContext layer, double number, ElementType type = ElementType.Float32) =>
        layer.ConstantOf("number", [], type, [number]);

    /// <summary>An axis of a tensor, counted from the front.</summary>
    /// <exception cref="LayerNotSupportedException">It has no such axis.</exception>
    public static int Axis(this LayerContext _, Value x, int axis) => TensorShape.Axis(axis, x.Rank)
        ?? throw new LayerNotSupportedException($"a tensor of the shape {TensorShape.Text(x.Shape)} has no axis {axis}");

    /// <summary>Two operands in the type in which they meet: that of the tensor where the other is a number that it can hold, else the
    /// wider one.</summary>
    public static (Value X, Value Y) Alike(this LayerContext layer, Value x, Value y)
    {
        var type = TypeOf(x, y);
        return (layer.Cast(x, type), layer.Cast(y, type));
    }

    /// <summary>The type in which two tensors meet.</summary>
    public static ElementType TypeOf(Value x, Value y) => Yields(x, y) ? y.Type : Yields(y, x) ? x.Type : Wider(x.Type, y.Type);

    private static bool Yields(Value constant, Value other) => constant.IsConstant && !other.IsConstant
        && constant.Type != ElementType.Float32 && other.Type != ElementType.Bool;

    private static ElementType Wider(ElementType x, ElementType y)
    {
        ElementType[] order =
            [ElementType.Float32, ElementType.Int64, ElementType.Int32, ElementType.Int8, ElementType.UInt8, ElementType.Bool];
        return order.First(type => type == x || type == y);
    }

    private static int[] Meeting(Value x, Value y) => Broadcast(x.Shape, y.Shape);

    private static int[] Broadcast(IReadOnlyList<int> x, IReadOnlyList<int> y) => MergeRules.Broadcast(x, y)
        ?? throw new LayerNotSupportedException($"{TensorShape.Text(x)} and {TensorShape.Text(y)} do not fit together");
}

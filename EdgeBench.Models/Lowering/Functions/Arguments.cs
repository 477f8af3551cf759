using System.Text.Json;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Who defines a function: names are shared, defaults differ now and then.</summary>
internal enum FunctionFamily
{
    /// <summary>A function of <c>tf</c>.</summary>
    TensorFlow,

    /// <summary>A function of <c>keras.ops</c>.</summary>
    Keras,

    /// <summary>An operation of TensorFlow's graph.</summary>
    Node,
}

/// <summary>The arguments of a function between layers. An argument may have several names, written with bars between: <c>axis|dim</c>.
/// A place of -1 stands for none.</summary>
/// <param name="layer">The call.</param>
/// <param name="family">Who defines the function.</param>
/// <param name="find">The argument of a name, or at a place; null where it is left out.</param>
internal sealed class Arguments(LayerContext layer, FunctionFamily family, Func<string, int, CallArgument?> find)
{
    /// <summary>Who defines the function.</summary>
    public FunctionFamily Family => family;

    /// <summary>Whether an argument is there and not None.</summary>
    public bool Has(string name, int place = -1) => Find(name, place) is not null;

    /// <summary>A tensor, or a constant.</summary>
    public Value Tensor(string name, int place) => OptionalTensor(name, place) ?? throw Missing(name);

    /// <summary>A tensor, or a constant; null where it is left out.</summary>
    public Value? OptionalTensor(string name, int place) => Find(name, place) is { } argument ? AsTensor(argument, name) : null;

    /// <summary>Several tensors in a list; a single one is a list of one.</summary>
    public IReadOnlyList<Value> Tensors(string name, int place) => Find(name, place) switch
    {
        null => throw Missing(name),
        CallArgument.List list => [.. list.Items.Select(item => AsTensor(item, name))],
        var single => [AsTensor(single, name)],
    };

    /// <summary>Whole numbers, of which some may have been computed of shapes; a single one is a list of one; null where they are left
    /// out.</summary>
    public int[]? Wholes(string name, int place = -1) => Find(name, place) switch
    {
        null => null,
        CallArgument.List list => [.. list.Items.SelectMany(item => AsWholes(item, name))],
        var argument => AsWholes(argument, name),
    };

    /// <summary>Whole numbers that must be there.</summary>
    public int[] RequiredWholes(string name, int place = -1) => Wholes(name, place) ?? throw Missing(name);

    /// <summary>A whole number; null where it is left out.</summary>
    public int? Whole(string name, int place = -1) => Wholes(name, place) switch
    {
        null => null,
        [var only] => only,
        _ => throw Wrong(name, "one whole number"),
    };

    /// <summary>A number; null where it is left out.</summary>
    public double? Number(string name, int place = -1) => Find(name, place) is { } argument
        ? AsTensor(argument, name) is { IsConstant: true, Count: 1 } number ? number.Exact()[0] : throw Wrong(name, "a number")
        : null;

    /// <summary>A truth value.</summary>
    public bool Flag(string name, int place = -1, bool otherwise = false) => Json(name, place) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Wrong(name, "true or false"),
    };

    /// <summary>A text; null where it is left out.</summary>
    public string? Text(string name, int place = -1) => Json(name, place) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw Wrong(name, "a text"),
    };

    /// <summary>A type by any of its names; null where it is left out.</summary>
    public ElementType? Type(string name, int place = -1) => Text(name, place) is { } text
        ? ElementTypes.Of(text.Split('.')[^1].Replace("DT_FLOAT", "float32", StringComparison.Ordinal)
            .Replace("DT_", "", StringComparison.Ordinal).ToLowerInvariant())
            ?? throw new LayerNotSupportedException($"elements of the type {text} are not supported")
        : null;

    /// <summary>A constant as it stands in the file; null where it is left out.</summary>
    public JsonElement? Json(string name, int place = -1) => Find(name, place) switch
    {
        null => null,
        CallArgument.Constant constant => LayerConfig.Unwrap(constant.Value),
        _ => throw Wrong(name, "a constant"),
    };

    /// <summary>The entries of <c>x[...]</c>.</summary>
    public IReadOnlyList<IndexItem> Index(string name, int place) => Find(name, place) switch
    {
        CallArgument.List list => [.. list.Items.Select(Item)],
        CallArgument.Constant { Value: var value } when LayerConfig.Unwrap(value) is { ValueKind: JsonValueKind.Array } items =>
            [.. items.EnumerateArray().Select(item => Item(new CallArgument.Constant(item)))],
        { } single => [Item(single)],
        null => [new IndexItem.NewAxis()],
    };

    private IndexItem Item(CallArgument argument)
    {
        if (argument is CallArgument.Named named)
        {
            var bounds = named.Members.FirstOrDefault(member => member.Name == "config").Value as CallArgument.Named ?? named;
            return new IndexItem.Range(Bound(bounds, "start"), Bound(bounds, "stop"), Bound(bounds, "step"));
        }

        if (argument is not CallArgument.Constant constant)
        {
            return AsTensor(argument, "index") is { IsConstant: true, Rank: 0 } known
                ? new IndexItem.Place((int)known.Exact()[0])
                : new IndexItem.Places(AsTensor(argument, "index"));
        }

        var value = LayerConfig.Unwrap(constant.Value);
        return value.ValueKind switch
        {
            JsonValueKind.Null => new IndexItem.NewAxis(),
            JsonValueKind.Number => new IndexItem.Place(AsWholes(argument, "index")[0]),
            JsonValueKind.Array => new IndexItem.Places(AsTensor(argument, "index")),
            JsonValueKind.Object when new LayerConfig(value).Text("class_name") is "__ellipsis__" => new IndexItem.Ellipsis(),
            JsonValueKind.Object when value.TryGetProperty("config", out var config) => Range(new LayerConfig(config)),
            JsonValueKind.Object => Range(new LayerConfig(value)),
            _ => throw Wrong("index", "places"),
        };
    }

    private static IndexItem.Range Range(LayerConfig slice) => new(Bound(slice, "start"), Bound(slice, "stop"), Bound(slice, "step"));

    /// <summary>A bound that may have been computed of shapes.</summary>
    private int? Bound(CallArgument.Named slice, string key) => slice.Members.FirstOrDefault(member => member.Name == key).Value switch
    {
        null or CallArgument.Constant { Value.ValueKind: JsonValueKind.Null } => null,
        var bound when AsTensor(bound, key) is { IsConstant: true, Count: 1 } known =>
            (int)Math.Clamp(known.Exact()[0], int.MinValue, int.MaxValue),
        _ => throw new LayerNotSupportedException(
            $"the '{key}' of its slice is computed from what the model is given, so that its size changes; slice by numbers"),
    };

    private static int? Bound(LayerConfig slice, string key) =>
        slice.NumberOrNull(key) is { } number ? (int)Math.Clamp(number, int.MinValue, int.MaxValue) : null;

    private CallArgument? Find(string names, int place)
    {
        foreach (var name in names.Split('|'))
        {
            if (find(name, place) is { } argument)
            {
                return argument is CallArgument.Constant { Value.ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } ? null : argument;
            }
        }

        return null;
    }

    private Value AsTensor(CallArgument argument, string name) => argument switch
    {
        CallArgument.Tensor tensor => layer.TensorOf(tensor),
        CallArgument.Constant constant => Literal(constant.Value, name),
        CallArgument.List list => layer.Stack([.. list.Items.Select(item => AsTensor(item, name))], 0),
        _ => throw Wrong(name, "a tensor"),
    };

    private int[] AsWholes(CallArgument argument, string name)
    {
        var value = AsTensor(argument, name);
        return value.IsConstant && value.Rank <= 1 && Array.TrueForAll(value.Exact(), number => number == Math.Floor(number))
            ? Array.ConvertAll(value.Exact(), number => (int)Math.Clamp(number, int.MinValue, int.MaxValue))
            : throw Wrong(name, "known whole numbers");
    }

    /// <summary>A number or nested lists of them; whole where all of them are.</summary>
    private Value Literal(JsonElement element, string name)
    {
        var said = TypeOf(element);
        var value = LayerConfig.Unwrap(element);
        var shape = new List<int>();
        for (var inner = value; inner.ValueKind == JsonValueKind.Array; inner = LayerConfig.Unwrap(inner[0]))
        {
            shape.Add(inner.GetArrayLength());
            if (shape[^1] == 0)
            {
                throw new LayerNotSupportedException($"its argument '{name}' is empty");
            }
        }

        var (numbers, type) = (new List<double>(), ElementType.Bool);
        Collect(value, numbers, ref type, name);
        return TensorShape.Count(shape) == numbers.Count
            ? layer.ConstantOf(name, shape, said ?? type, [.. numbers])
            : throw new LayerNotSupportedException($"its argument '{name}' is no regular list of numbers");
    }

    /// <summary>What an array of numpy or a tensor says of its type.</summary>
    private static ElementType? TypeOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("config", out var config)
            && config.ValueKind == JsonValueKind.Object && config.TryGetProperty("dtype", out var type)
            && type.ValueKind == JsonValueKind.String
                ? ElementTypes.Of(type.GetString()!)
                : null;

    private static void Collect(JsonElement element, List<double> numbers, ref ElementType type, string name)
    {
        var value = LayerConfig.Unwrap(element);
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Collect(item, numbers, ref type, name);
                }

                break;
            case JsonValueKind.True or JsonValueKind.False:
                numbers.Add(value.ValueKind == JsonValueKind.True ? 1 : 0);
                break;
            case JsonValueKind.Number when value.TryGetDouble(out var number):
                var isWhole = number == Math.Floor(number) && !value.GetRawText().AsSpan().ContainsAny(".eE");
                type = !isWhole || type == ElementType.Float32 ? ElementType.Float32 : ElementType.Int32;
                numbers.Add(number);
                break;
            default:
                throw Wrong(name, "numbers");
        }
    }

    private static LayerNotSupportedException Missing(string name) => new($"its argument '{name.Split('|')[0]}' is missing");

    private static LayerNotSupportedException Wrong(string name, string expected) =>
        new($"its argument '{name.Split('|')[0]}' is not {expected}");
}

using System.Text.Json;

namespace EdgeBench.Models.Keras;

/// <summary>The configuration of a layer. A key that is missing has the default of its time; one of the wrong kind is refused.</summary>
internal readonly record struct LayerConfig(JsonElement Element)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>What nothing has asked for yet.</summary>
    public IEnumerable<JsonProperty> Unread
    {
        get
        {
            var read = _read;
            return Element.ValueKind == JsonValueKind.Object
                ? Element.EnumerateObject().Where(property => read?.Contains(property.Name) != true)
                : [];
        }
    }

    /// <summary>The value of a key, unwrapped; null where it is missing or null.</summary>
    public JsonElement? Find(string key)
    {
        _read?.Add(key);
        return Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty(key, out var value)
                && Unwrap(value) is { ValueKind: not JsonValueKind.Null } found
                ? found
                : null;
    }

    /// <summary>A text, or null.</summary>
    public string? Text(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Wrong(key, "a text"),
    };

    /// <summary>A truth value.</summary>
    public bool Flag(string key, bool otherwise) => Find(key) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.Number } value => Number(value, key) != 0,
        _ => throw Wrong(key, "true or false"),
    };

    /// <summary>A whole number that must be there.</summary>
    public int Whole(string key) =>
        Find(key) is { } value ? Whole(value, key) : throw new LayerNotSupportedException($"its configuration lacks '{key}'");

    /// <summary>A whole number.</summary>
    public int Whole(string key, int otherwise) => Find(key) is { } value ? Whole(value, key) : otherwise;

    /// <summary>A number.</summary>
    public double Number(string key, double otherwise) => Find(key) is { } value ? Number(value, key) : otherwise;

    /// <summary>A number, or null.</summary>
    public double? NumberOrNull(string key) => Find(key) is { } value ? Number(value, key) : null;

    /// <summary>Whole numbers: one for all places, or a list with one each.</summary>
    /// <param name="key">The key.</param>
    /// <param name="count">How many are needed.</param>
    /// <param name="otherwise">What a missing key means.</param>
    public int[] Wholes(string key, int count, int[]? otherwise = null)
    {
        if (Find(key) is not { } value)
        {
            return otherwise ?? throw new LayerNotSupportedException($"its configuration lacks '{key}'");
        }

        var numbers = WholeList(key, value);
        return value.ValueKind == JsonValueKind.Number ? Enumerable.Repeat(numbers[0], count).ToArray()
            : numbers.Length == count ? numbers
            : throw Wrong(key, $"{count} whole numbers");
    }

    /// <summary>Whole numbers, as many as there are; null where the key is missing. A single number is a list of one.</summary>
    public int[]? WholeList(string key) => Find(key) is { } value ? WholeList(key, value) : null;

    /// <summary>Numbers in nested lists, flattened; a single number is a list of one; null where the key is missing.</summary>
    public double[]? Numbers(string key)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        var numbers = new List<double>();
        Flatten(value, key, numbers);
        return [.. numbers];
    }

    /// <summary>A whole number of a configuration.</summary>
    public static int WholeOf(JsonElement value, string key) => Whole(Unwrap(value), key);

    /// <summary>Takes the wrappings off that Keras and numpy put around values: tuples, numpy scalars, arrays.</summary>
    public static JsonElement Unwrap(JsonElement value)
    {
        while (value.ValueKind == JsonValueKind.Object)
        {
            if (value.TryGetProperty("class_name", out var kind) && kind.ValueKind == JsonValueKind.String)
            {
                if (kind.ValueEquals("__tuple__") && value.TryGetProperty("items", out var items))
                {
                    value = items;
                    continue;
                }

                if (kind.ValueEquals("TensorShape") && value.TryGetProperty("items", out var sizes))
                {
                    value = sizes;
                    continue;
                }

                if ((kind.ValueEquals("__numpy__") || kind.ValueEquals("__tensor__"))
                    && value.TryGetProperty("config", out var config) && config.ValueKind == JsonValueKind.Object
                    && config.TryGetProperty("value", out var number))
                {
                    value = number;
                    continue;
                }
            }
            else if (value.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("ndarray")
                && value.TryGetProperty("value", out var array))
            {
                value = array;
                continue;
            }

            break;
        }

        return value;
    }

    /// <summary>Collects the numbers of nested lists in order.</summary>
    public static void Flatten(JsonElement value, string key, List<double> into)
    {
        value = Unwrap(value);
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                Flatten(item, key, into);
            }
        }
        else
        {
            into.Add(Number(value, key));
        }
    }

    private static int[] WholeList(string key, JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? value.EnumerateArray().Select(item => Whole(Unwrap(item), key)).ToArray()
        : [Whole(value, key)];

    private static int Whole(JsonElement value, string key)
    {
        var number = Number(value, key);
        return number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue ? (int)number : throw Wrong(key, "a whole number");
    }

    private static double Number(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw Wrong(key, "a number");

    private static LayerNotSupportedException Wrong(string key, string expected) => new($"'{key}' in its configuration is not {expected}");
}

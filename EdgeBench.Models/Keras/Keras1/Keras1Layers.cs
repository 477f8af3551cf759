using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace EdgeBench.Models.Keras.Keras1;

/// <summary>The layers of Keras 1 by the names, keys and values that Keras 2 has for the same.</summary>
/// <param name="dataFormat">Order of dimensions where a layer does not say it, in the words of Keras 2; null where none of the file does.</param>
/// <param name="hasDilations">Whether convolutions were computed with the dilations that they ask for.</param>
/// <param name="storedShape">Shape of a layer's weights by the layer's name and the weights'.</param>
internal sealed class Keras1Layers(
    string? dataFormat, bool hasDilations, Func<string, string, IReadOnlyList<long>?> storedShape)
{
    private static readonly FrozenDictionary<string, string> Classes = new Dictionary<string, string>
    {
        ["AtrousConvolution1D"] = "Conv1D",
        ["AtrousConvolution2D"] = "Conv2D",
        ["Convolution1D"] = "Conv1D",
        ["Convolution2D"] = "Conv2D",
        ["Convolution3D"] = "Conv3D",
        ["Deconvolution2D"] = "Conv2DTranspose",
        ["SeparableConvolution2D"] = "SeparableConv2D",
        ["TimeDistributedDense"] = "Dense",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Keys that mean the same in every class that has them.</summary>
    private static readonly FrozenDictionary<string, string> Keys = new Dictionary<string, string>
    {
        ["atrous_rate"] = "dilation_rate",
        ["bias"] = "use_bias",
        ["border_mode"] = "padding",
        ["filter_length"] = "kernel_size",
        ["inner_activation"] = "recurrent_activation",
        ["input_dtype"] = "dtype",
        ["nb_filter"] = "filters",
        ["p"] = "rate",
        ["pool_length"] = "pool_size",
        ["sigma"] = "stddev",
        ["stride"] = "strides",
        ["subsample"] = "strides",
        ["subsample_length"] = "strides",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> MergeModes = new Dictionary<string, string>
    {
        ["ave"] = "Average",
        ["concat"] = "Concatenate",
        ["dot"] = "Dot",
        ["max"] = "Maximum",
        ["mul"] = "Multiply",
        ["sum"] = "Add",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Classes that have an order of dimensions.</summary>
    private static readonly FrozenSet<string> Images = FrozenSet.Create(
        "Cropping2D", "Cropping3D", "UpSampling2D", "UpSampling3D", "ZeroPadding2D", "ZeroPadding3D");

    /// <summary>An order of dimensions in the words of Keras 2: the letters of the backend that it came from.</summary>
    public static string? DataFormat(string? dimensionOrder) => dimensionOrder switch
    {
        "tf" => "channels_last",
        "th" => "channels_first",
        _ => null,
    };

    /// <summary>Changes the description of a layer that is no model.</summary>
    public void Translate(JsonObject layer)
    {
        if (layer["config"] is not JsonObject config || layer["class_name"].AsText() is not { } className)
        {
            return;
        }

        layer["class_name"] = Classes.GetValueOrDefault(className, className);
        if (!hasDilations)
        {
            config.Remove("atrous_rate");
        }

        Rename(config);
        switch (className)
        {
            case "Merge":
                TranslateMerge(layer, config);
                break;
            case "Bidirectional" or "TimeDistributed" when config["layer"] is JsonObject inner:
                Translate(inner);
                break;
            case "GRU":
                config["reset_after"] = false;
                break;
            case "PReLU" or "SReLU":
                ShareAxes(config, layer["name"].AsText() ?? config["name"].AsText(), className == "PReLU" ? "alphas" : "t_left");
                break;
            case "UpSampling1D" when config["length"] is { } length:
                Move(config, "length", "size", length);
                break;
            case "ZeroPadding1D" when config["padding"] is JsonObject ends:
                config["padding"] = Pair(ends["left_pad"], ends["right_pad"]);
                break;
            case "ZeroPadding2D" when config["padding"] is JsonObject ends:
                config["padding"] = new JsonArray(Pair(ends["top_pad"], ends["bottom_pad"]), Pair(ends["left_pad"], ends["right_pad"]));
                break;
            case "ZeroPadding2D" when config["padding"] is JsonArray { Count: 4 } ends:
                config["padding"] = new JsonArray(Pair(ends[0], ends[1]), Pair(ends[2], ends[3]));
                break;
        }

        // Embedding's is the size of its vectors in both.
        if (className != "Embedding" && config["output_dim"] is { } units)
        {
            Move(config, "output_dim", "units", units);
        }

        if (Images.Contains(className) && config["data_format"] is null && dataFormat is not null)
        {
            config["data_format"] = dataFormat;
        }
    }

    private static void Rename(JsonObject config)
    {
        foreach (var (key, newKey) in Keys)
        {
            if (config.TryGetPropertyValue(key, out var value))
            {
                Move(config, key, newKey, value);
            }
        }

        if (DataFormat(config["dim_ordering"].AsText()) is { } format)
        {
            Move(config, "dim_ordering", "data_format", format);
        }

        // How it was computed; the weights, which depend on it, are read as Keras 2 has them.
        config.Remove("consume_less");
        Collect(config, "kernel_size", "nb_row", "nb_col");
        Collect(config, "kernel_size", "kernel_dim1", "kernel_dim2", "kernel_dim3");
    }

    /// <summary>Sizes that had a key each become a list.</summary>
    private static void Collect(JsonObject config, string into, params string[] keys)
    {
        if (Array.TrueForAll(keys, key => config[key] is not null))
        {
            config[into] = new JsonArray([.. keys.Select(key => config[key]!.DeepClone())]);
        }
    }

    private static void Move(JsonObject config, string from, string to, JsonNode? value)
    {
        config[to] = value?.DeepClone();
        config.Remove(from);
    }

    /// <summary>One class for all ways to join. What no later class does stays what it is, and is refused by that name.</summary>
    private static void TranslateMerge(JsonObject layer, JsonObject config)
    {
        var mode = config["mode"].AsText() ?? "";
        if (config["mode_type"].AsText() is not (null or "raw") || !MergeModes.TryGetValue(mode, out var className))
        {
            return;
        }

        layer["class_name"] = className;
        switch (className)
        {
            case "Concatenate":
                config["axis"] = config["concat_axis"]?.DeepClone() ?? -1;
                break;
            case "Dot":
                config["axes"] = config["dot_axes"]?.DeepClone() ?? -1;
                break;
        }
    }

    /// <summary>The axes that share a slope are those of size 1 in the stored slopes.</summary>
    private void ShareAxes(JsonObject config, string? name, string variable)
    {
        if (name is not null && storedShape(name, variable) is { } shape)
        {
            config["shared_axes"] = new JsonArray(
                [.. Enumerable.Range(0, shape.Count).Where(axis => shape[axis] == 1).Select(axis => (JsonNode)(axis + 1))]);
        }
    }

    private static JsonArray Pair(JsonNode? before, JsonNode? after) => [before?.DeepClone() ?? 0, after?.DeepClone() ?? 0];
}

using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>Layers that turn numbers into categories, and categories into vectors.</summary>
internal static class CategoryRules
{
    /// <summary>The number of boundaries that an element reaches.</summary>
    public static Value Discretization(LayerContext layer)
    {
        var boundaries = layer.Config.Numbers("bin_boundaries") is { Length: > 0 } list
            ? list
            : throw new LayerNotSupportedException("its configuration lacks 'bin_boundaries'; save the model again with a newer Keras");
        var reached = layer.Compare(
            ComparisonKind.GreaterOrEqual, layer.ExpandDimensions(layer.Float(layer.Input), [-1]),
            layer.ConstantOf("boundaries", [boundaries.Length], ElementType.Float32, boundaries));
        var bins = layer.Reduce(Aggregate.Sum, layer.Cast(reached, ElementType.Int32), [-1]);
        return Encode(layer, bins, boundaries.Length + 1, layer.Config.Text("output_mode") ?? "int");
    }

    /// <summary>Vectors of whole numbers below a limit.</summary>
    public static Value CategoryEncoding(LayerContext layer)
    {
        var depth = layer.Config.Find("num_tokens") is null ? layer.Config.Whole("max_tokens") : layer.Config.Whole("num_tokens");
        return Encode(layer, layer.Input, depth, layer.Config.Text("output_mode") ?? "multi_hot");
    }

    /// <summary>The place of a whole number in a vocabulary, behind those of the mask and of what is not in it.</summary>
    public static Value IntegerLookup(LayerContext layer)
    {
        var vocabulary = layer.Config.Numbers("vocabulary");
        if (vocabulary is not { Length: > 0 } || layer.Config.Whole("num_oov_indices", 1) != 1 || layer.Config.Flag("invert", false))
        {
            throw new LayerNotSupportedException(
                "only a vocabulary in its configuration with one place for what is not in it is supported");
        }

        var mask = layer.Config.NumberOrNull("mask_token");
        var tokens = mask is null ? vocabulary : [mask.Value, .. vocabulary];
        var other = mask is null ? 0 : 1;

        // Each place as its distance from that of what is not in the vocabulary, so that the sum of matches is the distance.
        double[] distances = [.. tokens.Select((_, i) => mask is null ? i + 1.0 : i == 0 ? -1 : i)];
        var matches = layer.Compare(
            ComparisonKind.Equal, layer.ExpandDimensions(layer.Cast(layer.Input, ElementType.Int32), [-1]),
            layer.ConstantOf("vocabulary", [tokens.Length], ElementType.Int32, tokens));
        var found = layer.Multiply(
            layer.Cast(matches, ElementType.Int32), layer.ConstantOf("places", [tokens.Length], ElementType.Int32, distances));
        var places = layer.Arithmetic(ArithmeticKind.Add, layer.Reduce(Aggregate.Sum, found, [-1]), other);
        return Encode(layer, places, vocabulary.Length + other + 1, layer.Config.Text("output_mode") ?? "int");
    }

    private static Value Encode(LayerContext layer, Value places, int depth, string mode)
    {
        if (mode == "int")
        {
            return layer.Same(places);
        }

        var hot = (Value indices) => layer.Emit(
            new OneHot(depth), [.. indices.Shape, depth], layer.Cast(indices, ElementType.Int32));
        return mode switch
        {
            "one_hot" => hot(places.Rank > 1 && places.Shape[^1] == 1 ? layer.Squeeze(places, [-1]) : places),
            "multi_hot" or "binary" => layer.Reduce(Aggregate.Maximum, hot(places), [-2]),
            "count" => layer.Reduce(Aggregate.Sum, hot(places), [-2]),
            _ => throw new LayerNotSupportedException($"the output mode '{mode}' is not supported"),
        };
    }
}

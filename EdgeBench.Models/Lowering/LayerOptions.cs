using System.Collections.Frozen;
using System.Text.Json;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>The options that a layer's rule never asked for: each acts in training only, or the layer is refused.</summary>
internal static class LayerOptions
{
    /// <summary>What acts in training only, says how something was made or computed, or is of no use without what asks for it.</summary>
    private static readonly FrozenSet<string> OfNoMatter = FrozenSet.Create(
        StringComparer.Ordinal,

        // What the layer is called, and where it came from.
        "autocast", "batch_input_shape", "batch_shape", "dtype", "input_dim", "input_dtype", "input_length", "input_shape", "key_shape",
        "name", "query_shape", "trainable", "value_shape",

        // What acts in training only.
        "dropout", "init_values", "l1", "l2", "momentum", "noise_shape", "power_iterations", "rate", "recurrent_dropout", "renorm",
        "renorm_clipping", "renorm_momentum", "rng_type", "seed", "stddev", "synchronized", "unit_forget_bias", "virtual_batch_size",

        // How it is computed.
        "flash_attention", "fused", "implementation", "unroll",

        // Layers inside, which have options of their own.
        "backward_layer", "cell", "cells", "layer",

        // How a vocabulary, or bins, were found; what an image has beside it that needs no border; an offset where there is none.
        "center", "encoding", "epsilon", "fill_mode", "fill_value", "has_input_vocabulary", "height", "max_tokens", "num_bins", "oov_token",
        "scale", "vocabulary_dtype", "vocabulary_size", "width");

    private static readonly FrozenSet<string> OfNoMatterToFunctions = FrozenSet.Create(
        StringComparer.Ordinal, "dtype", "fill_mode", "fill_value", "name", "optimize", "out_type", "output_type", "sorted", "stable",
        "trainable", "validate_indices");

    private static readonly string[] EndingsOfNoMatter = ["_constraint", "_initializer", "_regularizer"];

    /// <summary>Refuses a layer with an option that was not looked at, unless it is left out or at rest.</summary>
    /// <exception cref="LayerNotSupportedException">There is one.</exception>
    public static void RefuseUnknown(KerasLayer layer)
    {
        if (layer.Config.Unread.Where(option => !IsOfNoMatter(option.Name) && !IsAtRest(option.Value)).Select(option => option.Name)
            .FirstOrDefault() is { } name)
        {
            throw new LayerNotSupportedException(
                $"its option '{name}' is not known, so what it would do is not either; leave the option out and save the model again");
        }

        foreach (var inner in layer.Wrapped.Where(inner => inner is { Nested: null, Role: not "backward_layer" }))
        {
            RefuseUnknown(inner);
        }
    }

    /// <summary>Whether a call says <c>training=True</c> to a layer that then computes otherwise, or at random.</summary>
    public static bool ComputesAsInTraining(KerasLayer layer, LayerCall call) =>
        call.Keyword.GetValueOrDefault("training") is CallArgument.Constant { Value: var value }
        && (value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.Number && value.GetDouble() != 0))
        && ActsInTraining(layer);

    private static bool ActsInTraining(KerasLayer layer) => layer.Nested is { } model
        ? model.Leaves.Any(ActsInTraining)
        : layer.Wrapped.Any(ActsInTraining) || layer.Config.Number("dropout", 0) > 0 || layer.Config.Number("recurrent_dropout", 0) > 0
            || layer.ClassName.Contains("BatchNormalization", StringComparison.Ordinal) || LayerRegistry.ActsInTrainingOnly(layer);

    /// <summary>Refuses a function with an argument that was not looked at.</summary>
    /// <param name="layer">Its call.</param>
    /// <param name="isConfigured">Whether some arguments stand in the configuration.</param>
    /// <param name="asked">The arguments that were looked at.</param>
    /// <exception cref="LayerNotSupportedException">There is one.</exception>
    public static void RefuseUnasked(LayerContext layer, bool isConfigured, IReadOnlySet<string> asked)
    {
        var said = layer.Call.Keyword
            .Where(argument => argument.Value is not CallArgument.Constant { Value: var value } || !IsAtRest(value))
            .Select(argument => argument.Key)
            .Concat(isConfigured
                ? layer.Config.Unread.Where(option => !IsAtRest(option.Value)).Select(option => option.Name)
                : []);
        if (said.FirstOrDefault(name => !asked.Contains(name) && !OfNoMatterToFunctions.Contains(name)) is { } unasked)
        {
            throw new LayerNotSupportedException(
                $"its argument '{unasked}' is not known, so what it would do is not either; leave the argument out and save the model again");
        }
    }

    private static bool IsOfNoMatter(string name) =>
        OfNoMatter.Contains(name) || Array.Exists(EndingsOfNoMatter, ending => name.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>Keras writes options that are not used as None, False or something empty, and the usual order of dimensions by its
    /// name.</summary>
    private static bool IsAtRest(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False or JsonValueKind.Undefined => true,
        JsonValueKind.String => value.GetString() is "" or "channels_last" or "NHWC",
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };
}

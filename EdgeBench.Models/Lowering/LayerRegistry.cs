using System.Collections.Frozen;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Lowers one call of a layer: adds operators and gives what the layer returns.</summary>
internal delegate Value LayerRule(LayerContext layer);

/// <summary>The layers that are understood, by class name.</summary>
internal static class LayerRegistry
{
    private static readonly FrozenDictionary<string, LayerRule> Rules = new Dictionary<string, LayerRule>
    {
        ["Activation"] = ActivationRules.Activation,
        ["ActivityRegularization"] = StructureRules.Unchanged,
        ["Add"] = MergeRules.Add,
        ["AlphaDropout"] = StructureRules.Unchanged,
        ["AveragePooling2D"] = PoolingRules.Average2D,
        ["BatchNormalization"] = NormalizationRules.BatchNormalization,
        ["BatchNormalizationV1"] = NormalizationRules.BatchNormalization,
        ["Concatenate"] = MergeRules.Concatenate,
        ["Conv2D"] = ConvolutionRules.Conv2D,
        ["Dense"] = DenseRules.Dense,
        ["DepthwiseConv2D"] = ConvolutionRules.DepthwiseConv2D,
        ["Dropout"] = StructureRules.Unchanged,
        ["ELU"] = ActivationRules.Elu,
        ["Flatten"] = StructureRules.Flatten,
        ["GaussianDropout"] = StructureRules.Unchanged,
        ["GaussianNoise"] = StructureRules.Unchanged,
        ["GlobalAveragePooling2D"] = PoolingRules.GlobalAverage2D,
        ["GlobalMaxPooling2D"] = PoolingRules.GlobalMaximum2D,
        ["LeakyReLU"] = ActivationRules.LeakyRelu,
        ["MaxPooling2D"] = PoolingRules.Maximum2D,
        ["Multiply"] = MergeRules.Multiply,
        ["Normalization"] = NormalizationRules.Normalization,
        ["ReLU"] = ActivationRules.Relu,
        ["Rescaling"] = NormalizationRules.Rescaling,
        ["Reshape"] = StructureRules.Reshape,
        ["SeparableConv2D"] = ConvolutionRules.SeparableConv2D,
        ["Softmax"] = ActivationRules.SoftmaxLayer,
        ["SpatialDropout2D"] = StructureRules.Unchanged,
        ["Subtract"] = MergeRules.Subtract,
        ["TFOpLambda"] = OperationRules.TensorFlowOperation,
        ["ZeroPadding2D"] = StructureRules.ZeroPadding2D,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The classes understood, in alphabetical order.</summary>
    public static IReadOnlyList<string> Classes { get; } = [.. Rules.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The rule of a layer.</summary>
    /// <param name="layer">The layer; no input and no nested model.</param>
    /// <param name="refusal">Where there is no rule: why, and what to do.</param>
    public static LayerRule? Find(KerasLayer layer, out string refusal)
    {
        refusal = "";
        if (!layer.IsCustom && !layer.IsOperation && IsKeras(layer.Module) && Rules.TryGetValue(layer.ClassName, out var rule))
        {
            return rule;
        }

        refusal = layer switch
        {
            { ClassName: "Lambda" } => "holds Python code, which is never run; build the same from Keras layers and save again",
            { ClassName: "StringLookup" or "TextVectorization" or "Hashing" } =>
                "works on text, which the runtimes cannot take; save the model behind it, and do the lookup in the application",
            { ClassName: "Functional" or "Sequential" or "Model" } =>
                "is a model without a graph in the file; save it again from a Functional model",
            { IsOperation: true } => "this operation between layers is not supported yet; use the layer of that function",
            { IsCustom: true } => Custom,
            _ when !IsKeras(layer.Module) => Custom,
            _ => "this class is not supported, or is the author's own; build the same from supported layers and save again",
        };
        return null;
    }

    private const string Custom =
        "is the author's own class, whose code is not in the file; build the same from Keras layers and save again";

    private static bool IsKeras(string? module) =>
        module is null || module.StartsWith("keras", StringComparison.Ordinal) || module.StartsWith("tf_keras", StringComparison.Ordinal)
        || module.StartsWith("tensorflow", StringComparison.Ordinal);
}

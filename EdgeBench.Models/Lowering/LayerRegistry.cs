using System.Collections.Frozen;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>How a layer is lowered.</summary>
/// <param name="Lower">Adds the operators of one call, and gives what the layer returns.</param>
/// <param name="TakesAnyType">Whether it works on whole numbers and truth values as they are; what other layers are given is cast to
/// float32.</param>
/// <param name="TensorArguments">Names of the arguments beside the first that may be tensors; null where any may.</param>
internal sealed record LayerForm(
    Func<LayerContext, IReadOnlyList<Value>> Lower, bool TakesAnyType, IReadOnlyList<string>? TensorArguments);

/// <summary>The layers that are understood, by class name.</summary>
internal static class LayerRegistry
{
    private static readonly FrozenDictionary<string, LayerForm> Forms = new Dictionary<string, LayerForm>
    {
        ["Activation"] = Of(ActivationRules.Activation),
        ["ActivityRegularization"] = OfAnyType(StructureRules.Unchanged),
        ["Add"] = OfAnyType(MergeRules.Add),
        ["AdditiveAttention"] = OfSeveral(AttentionRules.AdditiveAttention),
        ["AlphaDropout"] = OfAnyType(StructureRules.Unchanged),
        ["Attention"] = OfSeveral(AttentionRules.Attention),
        ["AveragePooling2D"] = Of(PoolingRules.Average2D),
        ["BatchNormalization"] = Of(NormalizationRules.BatchNormalization),
        ["BatchNormalizationV1"] = Of(NormalizationRules.BatchNormalization),
        ["CategoryEncoding"] = OfAnyType(CategoryRules.CategoryEncoding),
        ["Concatenate"] = OfAnyType(MergeRules.Concatenate),
        ["Conv2D"] = Of(ConvolutionRules.Conv2D),
        ["Dense"] = Of(DenseRules.Dense),
        ["DepthwiseConv2D"] = Of(ConvolutionRules.DepthwiseConv2D),
        ["Discretization"] = OfAnyType(CategoryRules.Discretization),
        ["Dot"] = Of(ProductRules.Dot),
        ["Dropout"] = OfAnyType(StructureRules.Unchanged),
        ["ELU"] = Of(ActivationRules.Elu),
        ["EinsumDense"] = Of(ProductRules.EinsumDense),
        ["Embedding"] = OfAnyType(EmbeddingRules.Embedding),
        ["Flatten"] = OfAnyType(StructureRules.Flatten),
        ["GaussianDropout"] = OfAnyType(StructureRules.Unchanged),
        ["GaussianNoise"] = OfAnyType(StructureRules.Unchanged),
        ["GlobalAveragePooling2D"] = Of(PoolingRules.GlobalAverage2D),
        ["GlobalMaxPooling2D"] = Of(PoolingRules.GlobalMaximum2D),
        ["GroupedQueryAttention"] = OfSeveral(
            AttentionRules.GroupedQueryAttention, "query", "value", "key", "attention_mask"),
        ["GroupQueryAttention"] = OfSeveral(
            AttentionRules.GroupedQueryAttention, "query", "value", "key", "attention_mask"),
        ["Highway"] = Of(Keras1Rules.Highway),
        ["IntegerLookup"] = OfAnyType(CategoryRules.IntegerLookup),
        ["LeakyReLU"] = Of(ActivationRules.LeakyRelu),
        ["MaxoutDense"] = Of(Keras1Rules.MaxoutDense),
        ["MaxPooling2D"] = Of(PoolingRules.Maximum2D),
        ["Merge"] = Of(Keras1Rules.Merge),
        ["MultiHeadAttention"] = OfSeveral(
            AttentionRules.MultiHeadAttention, "query", "value", "key", "attention_mask"),
        ["Multiply"] = OfAnyType(MergeRules.Multiply),
        ["Normalization"] = Of(NormalizationRules.Normalization),
        ["ParametricSoftplus"] = Of(Keras1Rules.ParametricSoftplus),
        ["Permute"] = OfAnyType(StructureRules.Permute),
        ["ReLU"] = Of(ActivationRules.Relu),
        ["RepeatVector"] = OfAnyType(StructureRules.RepeatVector),
        ["Rescaling"] = Of(NormalizationRules.Rescaling),
        ["Reshape"] = OfAnyType(StructureRules.Reshape),
        ["SeparableConv2D"] = Of(ConvolutionRules.SeparableConv2D),
        ["SReLU"] = Of(Keras1Rules.SRelu),
        ["Softmax"] = Of(ActivationRules.SoftmaxLayer),
        ["SpatialDropout2D"] = OfAnyType(StructureRules.Unchanged),
        ["Subtract"] = OfAnyType(MergeRules.Subtract),
        ["SlicingOpLambda"] = Function(OperationRules.TensorFlowFunction),
        ["TFOpLambda"] = Function(OperationRules.TensorFlowFunction),
        ["TensorFlowOpLayer"] = Function(OperationRules.TensorFlowNode),
        ["ZeroPadding2D"] = OfAnyType(StructureRules.ZeroPadding2D),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The classes understood, in alphabetical order.</summary>
    public static IReadOnlyList<string> Classes { get; } = [.. Forms.Keys.Order(StringComparer.Ordinal)];

    /// <summary>How a layer is lowered.</summary>
    /// <param name="layer">The layer; no input and no nested model.</param>
    /// <param name="refusal">Where it is not: why, and what to do.</param>
    public static LayerForm? Find(KerasLayer layer, out string refusal)
    {
        refusal = OperationRules.Refusal(layer) ?? "";
        if (refusal.Length > 0)
        {
            return null;
        }

        if (layer.IsOperation && !layer.IsCustom)
        {
            return Function(OperationRules.KerasOperation);
        }

        if (!layer.IsCustom && !layer.IsOperation && IsKeras(layer.Module) && Forms.TryGetValue(layer.ClassName, out var form))
        {
            return form;
        }

        refusal = layer switch
        {
            { ClassName: "Lambda" } => "holds Python code, which is never run; build the same from Keras layers and save again",
            { ClassName: "StringLookup" or "TextVectorization" or "Hashing" } =>
                "works on text, which the runtimes cannot take; save the model behind it, and do the lookup in the application",
            { ClassName: "Functional" or "Sequential" or "Model" } =>
                "is a model without a graph in the file; save it again from a Functional model",
            { IsCustom: true } => Custom,
            _ when !IsKeras(layer.Module) => Custom,
            _ => "this class is not supported, or is the author's own; build the same from supported layers and save again",
        };
        return null;
    }

    private const string Custom =
        "is the author's own class, whose code is not in the file; build the same from Keras layers and save again";

    private static LayerForm Of(Func<LayerContext, Value> rule, params string[] tensorArguments) =>
        new(layer => [rule(layer)], TakesAnyType: false, tensorArguments);

    private static LayerForm OfSeveral(Func<LayerContext, IReadOnlyList<Value>> rule, params string[] tensorArguments) =>
        new(rule, TakesAnyType: false, tensorArguments);

    private static LayerForm OfAnyType(Func<LayerContext, Value> rule, params string[] tensorArguments) =>
        new(layer => [rule(layer)], TakesAnyType: true, tensorArguments);

    private static LayerForm Function(Func<LayerContext, IReadOnlyList<Value>> rule) =>
        new(rule, TakesAnyType: true, TensorArguments: null);

    private static bool IsKeras(string? module) =>
        module is null || module.StartsWith("keras", StringComparison.Ordinal) || module.StartsWith("tf_keras", StringComparison.Ordinal)
        || module.StartsWith("tensorflow", StringComparison.Ordinal);
}

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
        ["AdaptiveAveragePooling1D"] = Over(1, AdaptivePoolingRules.Average),
        ["AdaptiveAveragePooling2D"] = Over(2, AdaptivePoolingRules.Average),
        ["AdaptiveAveragePooling3D"] = Over(3, AdaptivePoolingRules.Average),
        ["AdaptiveMaxPooling1D"] = Over(1, AdaptivePoolingRules.Maximum),
        ["AdaptiveMaxPooling2D"] = Over(2, AdaptivePoolingRules.Maximum),
        ["AdaptiveMaxPooling3D"] = Over(3, AdaptivePoolingRules.Maximum),
        ["Add"] = OfAnyType(MergeRules.Add),
        ["AdditiveAttention"] = OfSeveral(AttentionRules.AdditiveAttention),
        ["AlphaDropout"] = OfAnyType(StructureRules.Unchanged),
        ["Attention"] = OfSeveral(AttentionRules.Attention),
        ["AugMix"] = OfAnyType(StructureRules.Unchanged),
        ["Average"] = Of(MergeRules.Average),
        ["AveragePooling1D"] = Over(1, PoolingRules.Average),
        ["AveragePooling2D"] = Over(2, PoolingRules.Average),
        ["AveragePooling3D"] = Over(3, PoolingRules.Average),
        ["BatchNormalization"] = Of(NormalizationRules.BatchNormalization, Mask),
        ["BatchNormalizationV1"] = Of(NormalizationRules.BatchNormalization, Mask),
        ["Bidirectional"] = OfSeveral(RecurrentRules.Bidirectional, Mask, InitialState, Constants),
        ["CategoryEncoding"] = OfAnyType(CategoryRules.CategoryEncoding),
        ["CenterCrop"] = Over(2, ResamplingRules.CenterCrop),
        ["Concatenate"] = OfAnyType(MergeRules.Concatenate),
        ["Conv1D"] = Over(1, ConvolutionRules.Convolution),
        ["Conv1DTranspose"] = Over(1, TransposedConvolutionRules.Convolution),
        ["Conv2D"] = Over(2, ConvolutionRules.Convolution),
        ["Conv2DTranspose"] = Over(2, TransposedConvolutionRules.Convolution),
        ["Conv3D"] = Over(3, ConvolutionRules.Convolution),
        ["Conv3DTranspose"] = Over(3, TransposedConvolutionRules.Convolution),
        ["ConvLSTM1D"] = OfSeveral(layer => ConvolutionalRecurrentRules.ConvLstm(layer, 1), Mask, InitialState),
        ["ConvLSTM2D"] = OfSeveral(layer => ConvolutionalRecurrentRules.ConvLstm(layer, 2), Mask, InitialState),
        ["ConvLSTM3D"] = OfSeveral(layer => ConvolutionalRecurrentRules.ConvLstm(layer, 3), Mask, InitialState),
        ["Cropping1D"] = Over(1, StructureRules.Cropping),
        ["Cropping2D"] = Over(2, StructureRules.Cropping),
        ["Cropping3D"] = Over(3, StructureRules.Cropping),
        ["CustomScaleLayer"] = Of(ApplicationRules.CustomScale),
        ["CutMix"] = OfAnyType(StructureRules.Unchanged),
        ["Dense"] = Of(DenseRules.Dense),
        ["DepthwiseConv1D"] = Over(1, ConvolutionRules.Depthwise),
        ["DepthwiseConv2D"] = Over(2, ConvolutionRules.Depthwise),
        ["Discretization"] = OfAnyType(CategoryRules.Discretization),
        ["Dot"] = Of(ProductRules.Dot),
        ["Dropout"] = OfAnyType(StructureRules.Unchanged),
        ["ELU"] = Of(ActivationRules.Elu),
        ["EinsumDense"] = Of(ProductRules.EinsumDense),
        ["Embedding"] = OfAnyType(EmbeddingRules.Embedding),
        ["Flatten"] = OfAnyType(StructureRules.Flatten),
        ["GaussianDropout"] = OfAnyType(StructureRules.Unchanged),
        ["GaussianNoise"] = OfAnyType(StructureRules.Unchanged),
        ["GlobalAveragePooling1D"] = Over(1, PoolingRules.GlobalAverage, Mask),
        ["GlobalAveragePooling2D"] = Over(2, PoolingRules.GlobalAverage),
        ["GlobalAveragePooling3D"] = Over(3, PoolingRules.GlobalAverage),
        ["GlobalMaxPooling1D"] = Over(1, PoolingRules.GlobalMaximum),
        ["GlobalMaxPooling2D"] = Over(2, PoolingRules.GlobalMaximum),
        ["GlobalMaxPooling3D"] = Over(3, PoolingRules.GlobalMaximum),
        ["GRU"] = OfSeveral(RecurrentRules.Recurrent, Mask, InitialState, Constants),
        ["GroupNormalization"] = Of(StandardizationRules.GroupNormalization),
        ["GroupQueryAttention"] = OfSeveral(
            AttentionRules.GroupedQueryAttention, "query", "value", "key", "attention_mask", "query_mask", "value_mask", "key_mask"),
        ["GroupedQueryAttention"] = OfSeveral(
            AttentionRules.GroupedQueryAttention, "query", "value", "key", "attention_mask", "query_mask", "value_mask", "key_mask"),
        ["Highway"] = Of(Keras1Rules.Highway),
        ["Identity"] = OfAnyType(StructureRules.Unchanged),
        ["IntegerLookup"] = OfAnyType(CategoryRules.IntegerLookup),
        ["LSTM"] = OfSeveral(RecurrentRules.Recurrent, Mask, InitialState, Constants),
        ["LayerNormalization"] = Of(StandardizationRules.LayerNormalization),
        ["LayerScale"] = Of(ApplicationRules.LayerScale),
        ["LeakyReLU"] = Of(ActivationRules.LeakyRelu),
        ["LocallyConnected1D"] = Of(layer => LocallyConnectedRules.LocallyConnected(layer, 1)),
        ["LocallyConnected2D"] = Of(layer => LocallyConnectedRules.LocallyConnected(layer, 2)),
        ["Masking"] = Of(MaskRules.Masking),
        ["MaxPooling1D"] = Over(1, PoolingRules.Maximum),
        ["MaxPooling2D"] = Over(2, PoolingRules.Maximum),
        ["MaxPooling3D"] = Over(3, PoolingRules.Maximum),
        ["Maximum"] = OfAnyType(MergeRules.Maximum),
        ["MaxoutDense"] = Of(Keras1Rules.MaxoutDense),
        ["Merge"] = Of(Keras1Rules.Merge),
        ["Minimum"] = OfAnyType(MergeRules.Minimum),
        ["MixUp"] = OfAnyType(StructureRules.Unchanged),
        ["MultiHeadAttention"] = OfSeveral(
            AttentionRules.MultiHeadAttention, "query", "value", "key", "attention_mask", "query_mask", "value_mask", "key_mask"),
        ["Multiply"] = OfAnyType(MergeRules.Multiply),
        ["Normalization"] = Of(NormalizationRules.Normalization),
        ["PReLU"] = Of(ActivationRules.ParametricRelu),
        ["ParametricSoftplus"] = Of(Keras1Rules.ParametricSoftplus),
        ["Permute"] = OfAnyType(StructureRules.Permute),
        ["RMSNormalization"] = Of(StandardizationRules.RootMeanSquareNormalization),
        ["RNN"] = OfSeveral(RecurrentRules.Recurrent, Mask, InitialState, Constants),
        ["RandAugment"] = OfAnyType(StructureRules.Unchanged),
        ["RandomBrightness"] = OfAnyType(StructureRules.Unchanged),
        ["RandomColorDegeneration"] = OfAnyType(StructureRules.Unchanged),
        ["RandomColorJitter"] = OfAnyType(StructureRules.Unchanged),
        ["RandomContrast"] = OfAnyType(StructureRules.Unchanged),
        ["RandomCrop"] = Over(2, ResamplingRules.RandomCrop),
        ["RandomElasticTransform"] = OfAnyType(StructureRules.Unchanged),
        ["RandomErasing"] = OfAnyType(StructureRules.Unchanged),
        ["RandomFlip"] = OfAnyType(StructureRules.Unchanged),
        ["RandomGaussianBlur"] = OfAnyType(StructureRules.Unchanged),
        ["RandomGrayscale"] = OfAnyType(StructureRules.Unchanged),
        ["RandomHeight"] = OfAnyType(StructureRules.Unchanged),
        ["RandomHue"] = OfAnyType(StructureRules.Unchanged),
        ["RandomInvert"] = OfAnyType(StructureRules.Unchanged),
        ["RandomPerspective"] = OfAnyType(StructureRules.Unchanged),
        ["RandomPosterization"] = OfAnyType(StructureRules.Unchanged),
        ["RandomRotation"] = OfAnyType(StructureRules.Unchanged),
        ["RandomSaturation"] = OfAnyType(StructureRules.Unchanged),
        ["RandomSharpness"] = OfAnyType(StructureRules.Unchanged),
        ["RandomShear"] = OfAnyType(StructureRules.Unchanged),
        ["RandomTranslation"] = OfAnyType(StructureRules.Unchanged),
        ["RandomWidth"] = OfAnyType(StructureRules.Unchanged),
        ["RandomZoom"] = OfAnyType(StructureRules.Unchanged),
        ["ReLU"] = Of(ActivationRules.Relu),
        ["RepeatVector"] = OfAnyType(StructureRules.RepeatVector),
        ["Rescaling"] = Of(NormalizationRules.Rescaling),
        ["Reshape"] = OfAnyType(StructureRules.Reshape),
        ["Resizing"] = Over(2, ResamplingRules.Resizing),
        ["SReLU"] = Of(Keras1Rules.SRelu),
        ["SeparableConv1D"] = Over(1, ConvolutionRules.Separable),
        ["SeparableConv2D"] = Over(2, ConvolutionRules.Separable),
        ["SimpleRNN"] = OfSeveral(RecurrentRules.Recurrent, Mask, InitialState, Constants),
        ["Softmax"] = Of(ActivationRules.SoftmaxLayer),
        ["SpatialDropout1D"] = OfAnyType(StructureRules.Unchanged),
        ["SpatialDropout2D"] = OfAnyType(StructureRules.Unchanged),
        ["SpatialDropout3D"] = OfAnyType(StructureRules.Unchanged),
        ["StochasticDepth"] = OfAnyType(StructureRules.Unchanged),
        ["Subtract"] = OfAnyType(MergeRules.Subtract),
        ["SlicingOpLambda"] = Function(OperationRules.TensorFlowFunction),
        ["SyncBatchNormalization"] = Of(NormalizationRules.BatchNormalization),
        ["TFOpLambda"] = Function(OperationRules.TensorFlowFunction),
        ["TensorFlowOpLayer"] = Function(OperationRules.TensorFlowNode),
        ["ThresholdedReLU"] = Of(ActivationRules.ThresholdedRelu),
        ["TimeDistributed"] = new(WrapperRules.TimeDistributed, TakesAnyType: true, [Mask]),
        ["UnitNormalization"] = Of(StandardizationRules.UnitNormalization),
        ["UpSampling1D"] = Over(1, ResamplingRules.UpSampling),
        ["UpSampling2D"] = Over(2, ResamplingRules.UpSampling),
        ["UpSampling3D"] = Over(3, ResamplingRules.UpSampling),
        ["ZeroPadding1D"] = Over(1, StructureRules.ZeroPadding),
        ["ZeroPadding2D"] = Over(2, StructureRules.ZeroPadding),
        ["ZeroPadding3D"] = Over(3, StructureRules.ZeroPadding),
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

    // Names of arguments that may be tensors.
    private const string Mask = "mask";
    private const string InitialState = "initial_state";
    private const string Constants = "constants";

    private const string Custom =
        "is the author's own class, whose code is not in the file; build the same from Keras layers and save again";

    private static LayerForm Of(Func<LayerContext, Value> rule, params string[] tensorArguments) =>
        new(layer => [rule(layer)], TakesAnyType: false, tensorArguments);

    private static LayerForm OfSeveral(Func<LayerContext, IReadOnlyList<Value>> rule, params string[] tensorArguments) =>
        new(rule, TakesAnyType: false, tensorArguments);

    private static LayerForm OfAnyType(Func<LayerContext, Value> rule, params string[] tensorArguments) =>
        new(layer => [rule(layer)], TakesAnyType: true, tensorArguments);

    /// <summary>A layer over some spatial dimensions.</summary>
    private static LayerForm Over(int dimensions, Func<LayerContext, int, Value> rule, params string[] tensorArguments) =>
        Of(layer => ChannelsFirst.Lower(layer, dimensions, rule), tensorArguments);

    private static LayerForm Function(Func<LayerContext, IReadOnlyList<Value>> rule) =>
        new(rule, TakesAnyType: true, TensorArguments: null);

    private static bool IsKeras(string? module) =>
        module is null || module.StartsWith("keras", StringComparison.Ordinal) || module.StartsWith("tf_keras", StringComparison.Ordinal)
        || module.StartsWith("tensorflow", StringComparison.Ordinal);
}

using System.Collections.Frozen;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>How a layer is lowered.</summary>
/// <param name="Lower">Adds the operators of one call, and gives what the layer returns.</param>
/// <param name="TakesAnyType">Whether it works on whole numbers and truth values as they are; what other layers are given is cast to
/// float32.</param>
/// <param name="Arguments">Names of the arguments behind the first, in the order that Keras 3 takes them in; null for a function, which
/// has an order of its own.</param>
internal sealed record LayerForm(
    Func<LayerContext, IReadOnlyList<Value>> Lower, bool TakesAnyType, IReadOnlyList<string>? Arguments)
{
    /// <summary>Arguments that are true, false or left out.</summary>
    private static readonly string[] Switches = ["training", "return_attention_scores", "use_causal_mask"];

    /// <summary>Whether the layer's options may matter at inference.</summary>
    public bool HasOptions { get; init; } = true;

    /// <summary>Whether an argument may be a tensor.</summary>
    public bool TakesTensor(string argument) => Arguments?.Except(Switches).Contains(argument) ?? true;
}

/// <summary>The layers that are understood, by class name.</summary>
internal static class LayerRegistry
{
    private static readonly string[] AttentionArguments = [Mask, Training, "return_attention_scores", "use_causal_mask"];

    private static readonly string[] HeadArguments =
    [
        "value", "key", "query_mask", "value_mask", "key_mask", "attention_mask", "return_attention_scores", Training, "use_causal_mask",
    ];

    private static readonly LayerForm TrainingOnly = OfAnyType(StructureRules.Unchanged) with
    {
        Arguments = [Training],
        HasOptions = false,
    };

    private static readonly string[] StepArguments = ["initial_state", Mask, Training, "constants"];

    private static readonly FrozenDictionary<string, LayerForm> Forms = new Dictionary<string, LayerForm>
    {
        ["Activation"] = Of(ActivationRules.Activation),
        ["ActivityRegularization"] = TrainingOnly,
        ["AdaptiveAveragePooling1D"] = Over(1, AdaptivePoolingRules.Average),
        ["AdaptiveAveragePooling2D"] = Over(2, AdaptivePoolingRules.Average),
        ["AdaptiveAveragePooling3D"] = Over(3, AdaptivePoolingRules.Average),
        ["AdaptiveMaxPooling1D"] = Over(1, AdaptivePoolingRules.Maximum),
        ["AdaptiveMaxPooling2D"] = Over(2, AdaptivePoolingRules.Maximum),
        ["AdaptiveMaxPooling3D"] = Over(3, AdaptivePoolingRules.Maximum),
        ["Add"] = OfAnyType(MergeRules.Add),
        ["AdditiveAttention"] = OfSeveral(AttentionRules.AdditiveAttention, AttentionArguments),
        ["AlphaDropout"] = TrainingOnly,
        ["Attention"] = OfSeveral(AttentionRules.Attention, AttentionArguments),
        ["AugMix"] = TrainingOnly,
        ["Average"] = Of(MergeRules.Average),
        ["AveragePooling1D"] = Over(1, PoolingRules.Average),
        ["AveragePooling2D"] = Over(2, PoolingRules.Average),
        ["AveragePooling3D"] = Over(3, PoolingRules.Average),
        ["BatchNormalization"] = Of(NormalizationRules.BatchNormalization, Training, Mask),
        ["BatchNormalizationV1"] = Of(NormalizationRules.BatchNormalization, Training, Mask),
        ["Bidirectional"] = OfSeveral(RecurrentRules.Bidirectional, StepArguments),
        ["CategoryEncoding"] = OfAnyType(CategoryRules.CategoryEncoding),
        ["CenterCrop"] = Over(2, ResamplingRules.CenterCrop),
        ["Concatenate"] = OfAnyType(MergeRules.Concatenate),
        ["Conv1D"] = Over(1, ConvolutionRules.Convolution),
        ["Conv1DTranspose"] = Over(1, TransposedConvolutionRules.Convolution),
        ["Conv2D"] = Over(2, ConvolutionRules.Convolution),
        ["Conv2DTranspose"] = Over(2, TransposedConvolutionRules.Convolution),
        ["Conv3D"] = Over(3, ConvolutionRules.Convolution),
        ["Conv3DTranspose"] = Over(3, TransposedConvolutionRules.Convolution),
        ["ConvLSTM1D"] = OfSeveral(layer => ConvolutionalRecurrentRules.ConvLstm(layer, 1), StepArguments),
        ["ConvLSTM2D"] = OfSeveral(layer => ConvolutionalRecurrentRules.ConvLstm(layer, 2), StepArguments),
        ["ConvLSTM3D"] = OfSeveral(layer => ConvolutionalRecurrentRules.ConvLstm(layer, 3), StepArguments),
        ["Cropping1D"] = Over(1, StructureRules.Cropping),
        ["Cropping2D"] = Over(2, StructureRules.Cropping),
        ["Cropping3D"] = Over(3, StructureRules.Cropping),
        ["CuDNNGRU"] = OfSeveral(RecurrentRules.Recurrent, StepArguments),
        ["CuDNNLSTM"] = OfSeveral(RecurrentRules.Recurrent, StepArguments),
        ["CustomScaleLayer"] = Of(ApplicationRules.CustomScale),
        ["CutMix"] = TrainingOnly,
        ["Dense"] = Of(DenseRules.Dense),
        ["DepthwiseConv1D"] = Over(1, ConvolutionRules.Depthwise),
        ["DepthwiseConv2D"] = Over(2, ConvolutionRules.Depthwise),
        ["Discretization"] = OfAnyType(CategoryRules.Discretization),
        ["Dot"] = Of(ProductRules.Dot),
        ["Dropout"] = TrainingOnly,
        ["ELU"] = Of(ActivationRules.Elu),
        ["EinsumDense"] = Of(ProductRules.EinsumDense),
        ["Embedding"] = OfAnyType(EmbeddingRules.Embedding),
        ["Flatten"] = OfAnyType(StructureRules.Flatten),
        ["GaussianDropout"] = TrainingOnly,
        ["GaussianNoise"] = TrainingOnly,
        ["GlobalAveragePooling1D"] = Over(1, PoolingRules.GlobalAverage, Mask),
        ["GlobalAveragePooling2D"] = Over(2, PoolingRules.GlobalAverage),
        ["GlobalAveragePooling3D"] = Over(3, PoolingRules.GlobalAverage),
        ["GlobalMaxPooling1D"] = Over(1, PoolingRules.GlobalMaximum),
        ["GlobalMaxPooling2D"] = Over(2, PoolingRules.GlobalMaximum),
        ["GlobalMaxPooling3D"] = Over(3, PoolingRules.GlobalMaximum),
        ["GRU"] = OfSeveral(RecurrentRules.Recurrent, StepArguments),
        ["GroupNormalization"] = Of(StandardizationRules.GroupNormalization),
        ["GroupQueryAttention"] = OfSeveral(AttentionRules.GroupedQueryAttention, HeadArguments),
        ["GroupedQueryAttention"] = OfSeveral(AttentionRules.GroupedQueryAttention, HeadArguments),
        ["Highway"] = Of(Keras1Rules.Highway),
        ["Identity"] = TrainingOnly,
        ["IntegerLookup"] = OfAnyType(CategoryRules.IntegerLookup),
        ["LSTM"] = OfSeveral(RecurrentRules.Recurrent, StepArguments),
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
        ["MixUp"] = TrainingOnly,
        ["MultiHeadAttention"] = OfSeveral(AttentionRules.MultiHeadAttention, HeadArguments),
        ["Multiply"] = OfAnyType(MergeRules.Multiply),
        ["Normalization"] = Of(NormalizationRules.Normalization),
        ["PReLU"] = Of(ActivationRules.ParametricRelu),
        ["ParametricSoftplus"] = Of(Keras1Rules.ParametricSoftplus),
        ["Permute"] = OfAnyType(StructureRules.Permute),
        ["RMSNormalization"] = Of(StandardizationRules.RootMeanSquareNormalization),
        ["RNN"] = OfSeveral(RecurrentRules.Recurrent, StepArguments),
        ["RandAugment"] = TrainingOnly,
        ["RandomBrightness"] = TrainingOnly,
        ["RandomColorDegeneration"] = TrainingOnly,
        ["RandomColorJitter"] = TrainingOnly,
        ["RandomContrast"] = TrainingOnly,
        ["RandomCrop"] = Over(2, ResamplingRules.RandomCrop),
        ["RandomElasticTransform"] = TrainingOnly,
        ["RandomErasing"] = TrainingOnly,
        ["RandomFlip"] = TrainingOnly,
        ["RandomGaussianBlur"] = TrainingOnly,
        ["RandomGrayscale"] = TrainingOnly,
        ["RandomHeight"] = TrainingOnly,
        ["RandomHue"] = TrainingOnly,
        ["RandomInvert"] = TrainingOnly,
        ["RandomPerspective"] = TrainingOnly,
        ["RandomPosterization"] = TrainingOnly,
        ["RandomRotation"] = TrainingOnly,
        ["RandomSaturation"] = TrainingOnly,
        ["RandomSharpness"] = TrainingOnly,
        ["RandomShear"] = TrainingOnly,
        ["RandomTranslation"] = TrainingOnly,
        ["RandomWidth"] = TrainingOnly,
        ["RandomZoom"] = TrainingOnly,
        ["ReLU"] = Of(ActivationRules.Relu),
        ["RepeatVector"] = OfAnyType(StructureRules.RepeatVector),
        ["Rescaling"] = Of(NormalizationRules.Rescaling),
        ["Reshape"] = OfAnyType(StructureRules.Reshape),
        ["Resizing"] = Over(2, ResamplingRules.Resizing),
        ["SReLU"] = Of(Keras1Rules.SRelu),
        ["SeparableConv1D"] = Over(1, ConvolutionRules.Separable),
        ["SeparableConv2D"] = Over(2, ConvolutionRules.Separable),
        ["SimpleRNN"] = OfSeveral(RecurrentRules.Recurrent, StepArguments),
        ["Softmax"] = Of(ActivationRules.SoftmaxLayer, Mask),
        ["SpatialDropout1D"] = TrainingOnly,
        ["SpatialDropout2D"] = TrainingOnly,
        ["SpatialDropout3D"] = TrainingOnly,
        ["SpectralNormalization"] = new(WrapperRules.SpectralNormalization, TakesAnyType: true, [Training]),
        ["StochasticDepth"] = TrainingOnly,
        ["Subtract"] = OfAnyType(MergeRules.Subtract),
        ["SlicingOpLambda"] = Function(OperationRules.TensorFlowFunction),
        ["SyncBatchNormalization"] = Of(NormalizationRules.BatchNormalization, Training, Mask),
        ["TFOpLambda"] = Function(OperationRules.TensorFlowFunction),
        ["TensorFlowOpLayer"] = Function(OperationRules.TensorFlowNode),
        ["ThresholdedReLU"] = Of(ActivationRules.ThresholdedRelu),
        ["TimeDistributed"] = new(WrapperRules.TimeDistributed, TakesAnyType: true, [Training, Mask]),
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

    /// <summary>Whether a layer leaves what it is given as it is, but for training.</summary>
    public static bool ActsInTrainingOnly(KerasLayer layer) =>
        layer.ClassName is not ("ActivityRegularization" or "Identity")
        && ReferenceEquals(Forms.GetValueOrDefault(layer.ClassName), TrainingOnly);

    /// <summary>A call with all arguments but the first under their names, which Keras 3 may leave out.</summary>
    public static PlacedCall WithNames(PlacedCall placed) =>
        placed.Layer is { CallsAreObjects: true, Nested: null, IsInput: false } && Find(placed.Layer, out _)?.Arguments is { } names
            ? placed with { Call = placed.Call.Named(names) }
            : placed;

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

    private const string Mask = "mask";
    private const string Training = "training";

    private const string Custom =
        "is the author's own class, whose code is not in the file; build the same from Keras layers and save again";

    private static LayerForm Of(Func<LayerContext, Value> rule, params string[] arguments) =>
        new(layer => [rule(layer)], TakesAnyType: false, arguments);

    private static LayerForm OfSeveral(Func<LayerContext, IReadOnlyList<Value>> rule, params string[] arguments) =>
        new(rule, TakesAnyType: false, arguments);

    private static LayerForm OfAnyType(Func<LayerContext, Value> rule) => new(layer => [rule(layer)], TakesAnyType: true, []);

    /// <summary>A layer over some spatial dimensions.</summary>
    private static LayerForm Over(int dimensions, Func<LayerContext, int, Value> rule, params string[] arguments) =>
        Of(layer => ChannelsFirst.Lower(layer, dimensions, rule), arguments);

    private static LayerForm Function(Func<LayerContext, IReadOnlyList<Value>> rule) =>
        new(rule, TakesAnyType: true, Arguments: null) { HasOptions = false };

    private static bool IsKeras(string? module) =>
        module is null || module.StartsWith("keras", StringComparison.Ordinal) || module.StartsWith("tf_keras", StringComparison.Ordinal)
        || module.StartsWith("tensorflow", StringComparison.Ordinal);
}

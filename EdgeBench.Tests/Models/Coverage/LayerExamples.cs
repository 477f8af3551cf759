using EdgeBench.Models.Lowering;

namespace EdgeBench.Tests.Models.Coverage;

/// <summary>An example of every layer class that is understood, by families.</summary>
internal static class LayerExamples
{
    private const int Channels = LayerExample.Channels;

    /// <summary>Classes as which Keras keeps functions, which have examples of their own.</summary>
    private static readonly string[] OfFunctions = ["SlicingOpLambda", "TFOpLambda", "TensorFlowOpLayer"];

    private static readonly int[] Vector = [Channels];
    private static readonly int[] Sequence = [4, Channels];
    private static readonly int[] Volume = [4, 4, 4, Channels];
    private static readonly int[] Places = [4];
    private static readonly int[] SmallImages = [2, 4, 4, Channels];

    private static readonly LayerExample OfVector = new() { Shape = Vector };
    private static readonly LayerExample OfSequence = new() { Shape = Sequence };
    private static readonly LayerExample OfVolume = new() { Shape = Volume };
    private static readonly LayerExample OfImage = new();
    private static readonly LayerExample OfTwo = new() { Inputs = 2 };
    private static readonly LayerExample OfPlaces = new() { Shape = Places, TakesFloats = false };

    private static readonly (string Family, Dictionary<string, LayerExample> Examples)[] Known =
    [
        ("Convolution", new()
        {
            ["Conv1D"] = OfSequence with { Config = """ "filters": 128, "kernel_size": [3] """ },
            ["Conv2D"] = OfImage with { Config = """ "filters": 128, "kernel_size": [3, 3] """ },
            ["Conv3D"] = OfVolume with { Config = """ "filters": 128, "kernel_size": [2, 2, 2] """ },
            ["DepthwiseConv1D"] = OfSequence with { Config = """ "kernel_size": [9], "padding": "same" """ },
            ["DepthwiseConv2D"] = OfImage with { Config = """ "kernel_size": [3, 3] """ },
            ["SeparableConv1D"] = OfSequence with { Config = """ "filters": 128, "kernel_size": [9], "padding": "same" """ },
            ["SeparableConv2D"] = OfImage with { Config = """ "filters": 128, "kernel_size": [3, 3] """ },
            ["Conv1DTranspose"] = OfSequence with { Config = """ "filters": 128, "kernel_size": [3], "strides": [2] """ },
            ["Conv2DTranspose"] = OfImage with { Config = """ "filters": 128, "kernel_size": [3, 3], "strides": [2, 2] """ },
            ["Conv3DTranspose"] = OfVolume with { Config = """ "filters": 128, "kernel_size": [2, 2, 2], "strides": [2, 2, 2] """ },
            ["LocallyConnected1D"] = OfSequence with { Config = """ "filters": 128, "kernel_size": [3] """ },
            ["LocallyConnected2D"] = OfImage with { Config = """ "filters": 128, "kernel_size": [3, 3] """ },
        }),
        ("Dense", new()
        {
            ["Dense"] = OfVector with { Config = """ "units": 128 """ },
            ["EinsumDense"] = OfSequence with
            {
                Config = """ "equation": "abc,cd->abd", "output_shape": [4, 128], "bias_axes": "d" """,
            },
        }),
        ("Attention", new()
        {
            ["Attention"] = OfSequence with { Inputs = 2 },
            ["AdditiveAttention"] = OfSequence with { Inputs = 2 },
            ["MultiHeadAttention"] = OfSequence with
            {
                Config = """ "num_heads": 2, "key_dim": 64 """,
                Arguments = """ "value": ["before1", 0, 0] """,
                TensorArguments = 1,
            },
            ["GroupQueryAttention"] = OfSequence with
            {
                Config = """ "head_dim": 64, "num_query_heads": 2, "num_key_value_heads": 1 """,
                Arguments = """ "value": ["before1", 0, 0] """,
                TensorArguments = 1,
            },
            ["GroupedQueryAttention"] = OfSequence with
            {
                Config = """ "head_dim": 64, "num_query_heads": 2, "num_key_value_heads": 1 """,
                Arguments = """ "value": ["before1", 0, 0] """,
                TensorArguments = 1,
            },
        }),
        ("Embedding and categories", new()
        {
            ["Embedding"] = OfPlaces with { Config = """ "input_dim": 100, "output_dim": 128 """ },
            ["Discretization"] = OfVector with { Config = """ "bin_boundaries": [-1.0, 0.0, 1.0] """ },
            ["CategoryEncoding"] = OfPlaces with { Config = """ "num_tokens": 8, "output_mode": "multi_hot" """ },
            ["IntegerLookup"] = OfPlaces with
            {
                Config = """ "vocabulary": [10, 20, 30], "num_oov_indices": 1, "oov_token": -1, "output_mode": "int" """,
            },
        }),
        ("Pooling", new()
        {
            ["MaxPooling1D"] = OfSequence with { Config = """ "pool_size": [2] """ },
            ["MaxPooling2D"] = OfImage with { Config = """ "pool_size": [2, 2] """ },
            ["MaxPooling3D"] = OfVolume with { Config = """ "pool_size": [2, 2, 2] """ },
            ["AveragePooling1D"] = OfSequence with { Config = """ "pool_size": [2] """ },
            ["AveragePooling2D"] = OfImage with { Config = """ "pool_size": [2, 2] """ },
            ["AveragePooling3D"] = OfVolume with { Config = """ "pool_size": [2, 2, 2] """ },
            ["GlobalMaxPooling1D"] = OfSequence,
            ["GlobalMaxPooling2D"] = OfImage,
            ["GlobalMaxPooling3D"] = OfVolume,
            ["GlobalAveragePooling1D"] = OfSequence,
            ["GlobalAveragePooling2D"] = OfImage,
            ["GlobalAveragePooling3D"] = OfVolume,
            ["AdaptiveMaxPooling1D"] = OfSequence with { Config = """ "output_size": [2] """ },
            ["AdaptiveMaxPooling2D"] = OfImage with { Config = """ "output_size": [2, 2] """ },
            ["AdaptiveMaxPooling3D"] = OfVolume with { Config = """ "output_size": [2, 2, 2] """ },
            ["AdaptiveAveragePooling1D"] = OfSequence with { Config = """ "output_size": [2] """ },
            ["AdaptiveAveragePooling2D"] = OfImage with { Config = """ "output_size": [2, 2] """ },
            ["AdaptiveAveragePooling3D"] = OfVolume with { Config = """ "output_size": [2, 2, 2] """ },
        }),
        ("Scaling", new()
        {
            ["BatchNormalization"] = OfImage,
            ["BatchNormalizationV1"] = OfImage,
            ["SyncBatchNormalization"] = OfImage,
            ["Normalization"] = OfImage with { Config = """ "axis": [-1] """ },
            ["Rescaling"] = OfImage with { Config = """ "scale": 2.0, "offset": 1.0 """ },
            ["LayerNormalization"] = OfImage,
            ["GroupNormalization"] = OfImage with { Config = """ "groups": 4 """ },
            ["RMSNormalization"] = OfImage,
            ["UnitNormalization"] = OfImage,
        }),
        ("Activation", new()
        {
            ["Activation"] = OfImage with { Config = """ "activation": "relu" """ },
            ["ReLU"] = OfImage,
            ["LeakyReLU"] = OfImage,
            ["PReLU"] = OfImage with { Config = """ "shared_axes": [1, 2] """ },
            ["ELU"] = OfImage,
            ["ThresholdedReLU"] = OfImage with { Config = """ "theta": 1.0 """ },
            ["Softmax"] = OfImage,
        }),
        ("Recurrent", new()
        {
            ["LSTM"] = OfSequence with { Config = """ "units": 128, "recurrent_activation": "sigmoid" """ },
            ["GRU"] = OfSequence with { Config = """ "units": 128, "recurrent_activation": "sigmoid", "reset_after": true """ },
            ["CuDNNLSTM"] = OfSequence with { Config = """ "units": 128 """ },
            ["CuDNNGRU"] = OfSequence with { Config = """ "units": 128 """ },
            ["SimpleRNN"] = OfSequence with { Config = """ "units": 128 """ },
            ["RNN"] = OfSequence with
            {
                Config = """
                    "cell": {"class_name": "LSTMCell", "config": {"name": "cell", "units": 128, "recurrent_activation": "sigmoid"}}
                    """,
            },
            ["Bidirectional"] = OfSequence with
            {
                Config = """
                    "merge_mode": "concat",
                    "layer": {"class_name": "LSTM", "config": {"name": "lstm", "units": 128, "recurrent_activation": "sigmoid"}}
                    """,
            },
            ["ConvLSTM1D"] = new()
            {
                Shape = [2, 4, Channels],
                Config = """ "filters": 128, "kernel_size": [3], "padding": "same", "recurrent_activation": "sigmoid" """,
            },
            ["ConvLSTM2D"] = new()
            {
                Shape = SmallImages,
                Config = """ "filters": 128, "kernel_size": [3, 3], "padding": "same", "recurrent_activation": "sigmoid" """,
            },
            ["ConvLSTM3D"] = new()
            {
                Shape = [2, .. Volume],
                Config = """ "filters": 128, "kernel_size": [2, 2, 2], "padding": "same", "recurrent_activation": "sigmoid" """,
            },
        }),
        ("Wrappers and masks", new()
        {
            ["TimeDistributed"] = OfSequence with
            {
                Config = """ "layer": {"class_name": "Dense", "config": {"name": "dense", "units": 128}} """,
            },
            ["SpectralNormalization"] = OfSequence with
            {
                Config = """ "layer": {"class_name": "Dense", "config": {"name": "dense", "units": 128}} """,
            },
            ["Masking"] = OfSequence with { Config = """ "mask_value": 0.0 """ },
        }),
        ("Joining", new()
        {
            ["Add"] = OfTwo,
            ["Subtract"] = OfTwo,
            ["Multiply"] = OfTwo,
            ["Average"] = OfTwo,
            ["Maximum"] = OfTwo,
            ["Minimum"] = OfTwo,
            ["Concatenate"] = OfTwo,
            ["Dot"] = OfSequence with { Inputs = 2, Config = """ "axes": [2, 2] """ },
        }),
        ("Structure", new()
        {
            ["Flatten"] = OfImage,
            ["Reshape"] = OfImage with { Config = """ "target_shape": [4, 9, 128] """ },
            ["Permute"] = OfImage with { Config = """ "dims": [2, 1, 3] """ },
            ["RepeatVector"] = OfVector with { Config = """ "n": 3 """ },
            ["ZeroPadding1D"] = OfSequence with { Config = """ "padding": [1, 1] """ },
            ["ZeroPadding2D"] = OfImage with { Config = """ "padding": [[1, 1], [1, 1]] """ },
            ["ZeroPadding3D"] = OfVolume with { Config = """ "padding": [[1, 1], [1, 1], [1, 1]] """ },
            ["Cropping1D"] = OfSequence with { Config = """ "cropping": [1, 1] """ },
            ["Cropping2D"] = OfImage with { Config = """ "cropping": [[1, 1], [1, 1]] """ },
            ["Cropping3D"] = OfVolume with { Config = """ "cropping": [[1, 1], [1, 1], [1, 1]] """ },
        }),
        ("Resizing", new()
        {
            ["UpSampling1D"] = OfSequence with { Config = """ "size": 2 """ },
            ["UpSampling2D"] = OfImage with { Config = """ "size": [2, 2], "interpolation": "nearest" """ },
            ["UpSampling3D"] = OfVolume with { Config = """ "size": [2, 2, 2] """ },
            ["Resizing"] = OfImage with { Config = """ "height": 9, "width": 9, "interpolation": "bilinear" """ },
            ["CenterCrop"] = OfImage with { Config = """ "height": 4, "width": 4 """ },
            ["RandomCrop"] = OfImage with { Config = """ "height": 4, "width": 4 """ },
        }),
        ("Of `keras.applications`", new()
        {
            ["LayerScale"] = OfImage with { Config = """ "init_values": 1e-6, "projection_dim": 128 """ },
            ["StochasticDepth"] = OfImage with { Config = """ "drop_path_rate": 0.1 """ },
            ["CustomScaleLayer"] = OfTwo with { Config = """ "scale": 0.5 """ },
        }),
        ("Of Keras 1 alone", new()
        {
            ["MaxoutDense"] = OfVector with { Config = """ "output_dim": 128, "nb_feature": 4 """, KerasVersion = "1.2.2" },
            ["Highway"] = OfVector with { KerasVersion = "1.2.2" },
            ["ParametricSoftplus"] = OfVector with { KerasVersion = "1.2.2" },
            ["SReLU"] = OfVector with { KerasVersion = "1.2.2" },
            ["Merge"] = OfTwo with { Config = """ "mode": "sum", "mode_type": "raw" """, KerasVersion = "1.2.2" },
        }),
        ("Acting in training only", new()
        {
            ["Dropout"] = OfImage,
            ["SpatialDropout1D"] = OfSequence,
            ["SpatialDropout2D"] = OfImage,
            ["SpatialDropout3D"] = OfVolume,
            ["AlphaDropout"] = OfImage,
            ["GaussianDropout"] = OfImage,
            ["GaussianNoise"] = OfImage,
            ["ActivityRegularization"] = OfImage,
            ["Identity"] = OfImage,
            ["AugMix"] = OfImage,
            ["CutMix"] = OfImage,
            ["MixUp"] = OfImage,
            ["RandAugment"] = OfImage,
            ["RandomBrightness"] = OfImage,
            ["RandomColorDegeneration"] = OfImage,
            ["RandomColorJitter"] = OfImage,
            ["RandomContrast"] = OfImage,
            ["RandomElasticTransform"] = OfImage,
            ["RandomErasing"] = OfImage,
            ["RandomFlip"] = OfImage,
            ["RandomGaussianBlur"] = OfImage,
            ["RandomGrayscale"] = OfImage,
            ["RandomHeight"] = OfImage,
            ["RandomHue"] = OfImage,
            ["RandomInvert"] = OfImage,
            ["RandomPerspective"] = OfImage,
            ["RandomPosterization"] = OfImage,
            ["RandomRotation"] = OfImage,
            ["RandomSaturation"] = OfImage,
            ["RandomSharpness"] = OfImage,
            ["RandomShear"] = OfImage,
            ["RandomTranslation"] = OfImage,
            ["RandomWidth"] = OfImage,
            ["RandomZoom"] = OfImage,
        }),
    ];

    /// <summary>The examples by families. What the registry has and no family does comes last.</summary>
    public static IEnumerable<(string Family, IReadOnlyList<LayerExample> Examples)> ByFamily()
    {
        foreach (var (family, examples) in Known)
        {
            yield return (family, [.. examples.Select(example => example.Value with { ClassName = example.Key })]);
        }

        var others = LayerRegistry.Classes.Except(Known.SelectMany(family => family.Examples.Keys)).Except(OfFunctions);
        if (others.ToList() is { Count: > 0 } left)
        {
            yield return ("Others", left.ConvertAll(name => OfImage with { ClassName = name }));
        }
    }
}

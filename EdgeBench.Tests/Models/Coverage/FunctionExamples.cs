using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Tests.Models.Coverage;

/// <summary>An example of every function between layers that is understood: as tf.keras keeps it.</summary>
internal static class FunctionExamples
{
    private static readonly int[] Matrix = [LayerExample.Channels, LayerExample.Channels];

    private static readonly LayerExample Alone = new() { ClassName = "TFOpLambda", IsFunction = true };
    private static readonly LayerExample OfTwo = Alone with { Arguments = """ "y": ["before1", 0, 0] """, TensorArguments = 1 };
    private static readonly LayerExample OfSeveral = Alone with { Inputs = 2 };

    /// <summary>Those that need more than one tensor.</summary>
    private static readonly Dictionary<string, LayerExample> Known = new()
    {
        ["add"] = OfTwo,
        ["subtract"] = OfTwo,
        ["multiply"] = OfTwo,
        ["divide"] = OfTwo,
        ["maximum"] = OfTwo,
        ["minimum"] = OfTwo,
        ["mod"] = OfTwo,
        ["floordiv"] = OfTwo,
        ["squared_difference"] = OfTwo,
        ["pow"] = With("\"y\": 2.0"),
        ["add_n"] = OfSeveral,
        ["divide_no_nan"] = OfTwo,
        ["multiply_no_nan"] = OfTwo,
        ["logaddexp"] = OfTwo,
        ["equal"] = OfTwo,
        ["not_equal"] = OfTwo,
        ["less"] = OfTwo,
        ["less_equal"] = OfTwo,
        ["greater"] = OfTwo,
        ["greater_equal"] = OfTwo,
        ["logical_and"] = OfTwo,
        ["logical_or"] = OfTwo,
        ["logical_xor"] = OfTwo,
        ["where"] = Alone with { Arguments = """ "x": ["before1", 0, 0], "y": ["before2", 0, 0] """, TensorArguments = 2 },
        ["clip"] = With("\"clip_value_min\": -1.0, \"clip_value_max\": 1.0"),
        ["cast"] = With("\"dtype\": \"int32\""),
        ["threshold"] = With("\"threshold\": 0.5, \"default_value\": 0.0"),
        ["sum"] = OverSpace,
        ["mean"] = OverSpace,
        ["max"] = OverSpace,
        ["min"] = OverSpace,
        ["prod"] = OverSpace,
        ["any"] = OverSpace,
        ["all"] = OverSpace,
        ["var"] = OverSpace,
        ["std"] = OverSpace,
        ["logsumexp"] = OverSpace,
        ["reduce_euclidean_norm"] = OverSpace,
        ["norm"] = OverSpace,
        ["count_nonzero"] = OverSpace,
        ["clip_by_norm"] = With("\"clip_norm\": 2.0, \"axes\": [3]"),
        ["l2_normalize"] = With("\"axis\": -1"),
        ["moments"] = OverSpace with { Output = 1 },
        ["argmax"] = With("\"axis\": 1"),
        ["argmin"] = With("\"axis\": 1"),
        ["cumsum"] = With("\"axis\": 1"),
        ["top_k"] = With("\"k\": 2"),
        ["reshape"] = With("\"shape\": [-1, 4, 9, 128]"),
        ["ravel"] = Alone with { After = [("reshape", "\"shape\": [1, -1]")] },
        ["expand_dims"] = With("\"axis\": 1"),
        ["squeeze"] = With("\"axis\": 1") with { Shape = [1, 6, LayerExample.Channels] },
        ["transpose"] = With("\"perm\": [0, 2, 1, 3]"),
        ["matrix_transpose"] = Alone with { Shape = Matrix },
        ["swapaxes"] = With("\"axis1\": 1, \"axis2\": 2"),
        ["moveaxis"] = With("\"source\": 1, \"destination\": 2"),
        ["concat"] = OfSeveral with { Arguments = "\"axis\": -1" },
        ["hstack"] = OfSeveral,
        ["vstack"] = OfSeveral,
        ["stack"] = OfSeveral with { Arguments = "\"axis\": 1" },
        ["unstack"] = With("\"axis\": 1"),
        ["split"] = With("\"num_or_size_splits\": 2, \"axis\": 1"),
        ["tile"] = With("\"multiples\": [1, 2, 1, 1]"),
        ["repeat"] = With("\"repeats\": 2, \"axis\": 1"),
        ["flip"] = With("\"axis\": 1"),
        ["roll"] = With("\"shift\": 1, \"axis\": 1"),
        ["pad"] = With("\"paddings\": [[0, 0], [1, 1], [1, 1], [0, 0]]"),
        ["gather"] = With("\"indices\": [2, 0], \"axis\": 1"),
        ["getitem"] = With("\"slice_spec\": [{\"start\": null, \"stop\": null, \"step\": null}, 1]"),
        ["strided_slice"] = With("\"begin\": [0, 1, 1, 0], \"end\": [1, 5, 5, 128], \"strides\": [1, 2, 2, 1]"),
        ["slice"] = With("\"begin\": [0, 1, 1, 0], \"size\": [-1, 2, 2, -1]"),
        ["broadcast_to"] = With("\"shape\": [1, 6, 6, 128]") with { Shape = [1, 6, LayerExample.Channels] },
        ["one_hot"] = Alone with { Shape = [4], TakesFloats = false, Arguments = "\"depth\": 128" },
        ["sequence_mask"] = Alone with { Shape = [4], TakesFloats = false, Arguments = "\"maxlen\": 128, \"dtype\": \"float32\"" },
        ["depth_to_space"] = With("\"block_size\": 2"),
        ["space_to_depth"] = With("\"block_size\": 2"),
        ["shape"] = Summed,
        ["size"] = Summed,
        ["rank"] = Summed,
        ["zeros"] = Summed with { Ahead = OfShape },
        ["ones"] = Summed with { Ahead = OfShape },
        ["fill"] = Summed with { Ahead = OfShape, Arguments = "\"value\": 2.0" },
        ["range"] = Summed with { Ahead = [("size", "")] },
        ["matmul"] = WithMatrix("\"b\": [\"before1\", 0, 0]"),
        ["dot"] = WithMatrix("\"b\": [\"before1\", 0, 0]"),
        ["matvec"] = Alone with
        {
            Shape = Matrix,
            Arguments = $"\"b\": [{string.Join(", ", Enumerable.Repeat("0.5", LayerExample.Channels))}]",
        },
        ["batch_dot"] = WithMatrix("\"y\": [\"before1\", 0, 0]"),
        ["tensordot"] = WithMatrix("\"b\": [\"before1\", 0, 0], \"axes\": [[2], [1]]"),
        ["einsum"] = OfSeveral with { Shape = Matrix, Arguments = "\"subscripts\": \"bij,bjk->bik\"" },
        ["outer"] = WithMatrix("\"b\": [\"before1\", 0, 0]"),
        ["avg_pool"] = With("\"ksize\": 2"),
        ["max_pool"] = With("\"ksize\": 2"),
        ["conv"] = With($"\"filters\": {Kernel}, \"strides\": 1"),
        ["depthwise_conv"] = With($"\"filter\": {Depthwise}, \"strides\": [1, 1, 1, 1]"),
        ["extract_patches"] = With("\"sizes\": [1, 2, 2, 1], \"strides\": [1, 2, 2, 1], \"rates\": [1, 1, 1, 1]"),
        ["central_crop"] = With("\"central_fraction\": 0.5"),
        ["crop_to_bounding_box"] = With("\"offset_height\": 1, \"offset_width\": 1, \"target_height\": 2, \"target_width\": 3"),
        ["crop_images"] = With("\"top_cropping\": 1, \"left_cropping\": 1, \"target_height\": 2, \"target_width\": 3"),
        ["pad_to_bounding_box"] = With("\"offset_height\": 1, \"offset_width\": 1, \"target_height\": 8, \"target_width\": 9"),
        ["pad_images"] = With("\"top_padding\": 1, \"left_padding\": 1, \"target_height\": 8, \"target_width\": 9"),
        ["rgb_to_grayscale"] = Alone with { Ahead = [("slice", "\"begin\": [0, 0, 0, 0], \"size\": [-1, -1, -1, 3]")] },
        ["grayscale_to_rgb"] = Alone with { Ahead = [("slice", "\"begin\": [0, 0, 0, 0], \"size\": [-1, -1, -1, 1]")] },
        ["batch_normalization"] = With("\"mean\": 0.5, \"variance\": 2.0, \"offset\": 1.0, \"scale\": 2.0, \"variance_epsilon\": 0.001"),
        ["resize"] = With("\"size\": [9, 9]"),
        ["resize_bilinear"] = With("\"size\": [9, 9]"),
        ["resize_nearest_neighbor"] = With("\"size\": [12, 12]"),
        ["resize_bicubic"] = With("\"size\": [9, 9]"),
        ["resize_images"] = With("\"height_factor\": 2, \"width_factor\": 2"),
    };

    /// <summary>What it gives has no batch: its sum is a factor of something that has one.</summary>
    private static LayerExample Summed => Alone with
    {
        After = [("cast", "\"dtype\": \"float32\""), ("reduce_sum", ""), ("multiply", "\"y\": [\"before0\", 0, 0]")],
    };

    private static string Kernel => $"[[[{string.Join(", ", Enumerable.Repeat("[0.5, 0.25]", LayerExample.Channels))}]]]";

    private static string Depthwise => $"[[[{string.Join(", ", Enumerable.Repeat("[0.5]", LayerExample.Channels))}]]]";

    private static (string Name, string Arguments)[] OfShape => [("shape", "")];

    private static LayerExample OverSpace => With("\"axis\": [1, 2]");

    /// <summary>The examples by families, each with all names of its function.</summary>
    public static IEnumerable<(string Family, IReadOnlyList<(string Names, LayerExample Example)> Examples)> ByFamily() =>
        FunctionTable.Families.Select(family => (family.Family, Of(family.Functions)));

    private static IReadOnlyList<(string Names, LayerExample Example)> Of(IEnumerable<NamedFunction> functions) =>
        [.. from function in functions
            let name = function.Names.Split(' ')[0]
            select (function.Names, Known.GetValueOrDefault(name, Alone) with { Config = $"\"function\": \"{name}\"" })];

    private static LayerExample With(string arguments) => Alone with { Arguments = arguments };

    private static LayerExample WithMatrix(string arguments) => Alone with { Shape = Matrix, Arguments = arguments, TensorArguments = 1 };
}

using EdgeBench.Models.Containers;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Weights;

/// <summary>
/// Weights of Keras 1 under the names, in the order of dimensions and joined as Keras 2 has them. Keras 1 kept one matrix for each gate of a
/// recurrent layer, and, where its model had channels first, the kernels of convolutions in Theano's order of dimensions.
/// </summary>
/// <param name="content">The file.</param>
/// <param name="layout">Where the arrays are in it.</param>
internal sealed class Keras1Weights(Hdf5Content content, LegacyLayout layout) : IWeightSource
{
    /// <summary>The gates in the order in which Keras 2 joins them.</summary>
    private static readonly string[] LstmGates = ["i", "f", "c", "o"];

    private static readonly string[] GruGates = ["z", "r", "h"];

    /// <inheritdoc/>
    public float[] Read(KerasLayer layer, LayerVariable variable)
    {
        var arrays = layout.Of(layer);
        if (GatesOf(arrays) is not { } gates)
        {
            var array = Named(arrays, variable.Name) ?? arrays.ElementAtOrDefault(variable.Index)
                ?? throw StoredVariable.Missing(layer, variable);
            return ReadArray(array, layer, variable);
        }

        // A wrapper of two directions lists one behind the other, each with all its gates.
        var direction = arrays.Skip(variable.Index / 3 * 3 * gates.Length).Take(3 * gates.Length).ToList();
        var part = variable with { Shape = [.. variable.Shape.SkipLast(1), variable.Shape[^1] / gates.Length] };
        return Join([.. gates.Select(gate => ReadArray(
            Named(direction, variable.Name, "_" + gate) ?? throw StoredVariable.Missing(layer, variable), layer, part))], part.Shape[^1]);
    }

    private static string[]? GatesOf(IReadOnlyList<StoredArray> arrays) =>
        Named(arrays, "kernel", "_o") is not null ? LstmGates : Named(arrays, "kernel", "_z") is not null ? GruGates : null;

    /// <summary>The only array of a variable; null where there are none or several.</summary>
    private static StoredArray? Named(IReadOnlyList<StoredArray> arrays, string variable, string gate = "")
    {
        var ending = $"_{OldName(variable)}{gate}";
        var found = arrays.Where(array => array.VariableName.EndsWith(ending, StringComparison.Ordinal)).ToList();
        return found.Count == 1 || (found.Count > 0 && gate.Length > 0) ? found[0] : null;
    }

    private static string OldName(string variable) => variable switch
    {
        "alpha" => "alphas",
        "bias" => "b",
        "embeddings" or "kernel" => "W",
        "moving_mean" => "running_mean",
        "moving_variance" => "running_std",
        "recurrent_kernel" => "U",
        _ => variable,
    };

    private float[] ReadArray(StoredArray array, KerasLayer layer, LayerVariable variable)
    {
        var order = OldOrder(layer, variable);
        var shape = order.Select((_, axis) => variable.Shape[Array.IndexOf(order, axis)]).ToArray();
        var stored = Hdf5Content.Shape(array.Dataset);
        if (shape.Length == 3 && stored.Count == 4)
        {
            // Convolutions over sequences had a second dimension of size 1, the last one in the first versions, which began with filters.
            var (length, channels, filters) = (shape[0], shape[1], shape[2]);
            var isFirst = stored[3] == 1 && !stored.SequenceEqual([length, 1L, channels, filters]);
            order = isFirst ? [2, 1, 0, 3] : [0, 1, 2, 3];
            shape = isFirst ? [filters, channels, length, 1] : [length, 1, channels, filters];
        }

        var values = StoredVariable.Read(content, array.Dataset, layer, variable with { Shape = shape });
        return order.SequenceEqual(Enumerable.Range(0, order.Length)) ? values : new Value(variable.Name, shape, values).Transposed(order).Constant!;
    }

    /// <summary>Where each dimension of a variable stands in the stored array.</summary>
    private static int[] OldOrder(KerasLayer layer, LayerVariable variable)
    {
        var isKernel = variable.Name.EndsWith("kernel", StringComparison.Ordinal);
        var channelsFirst = layer.InnerConfig.Text("data_format") == "channels_first";
        return (layer.InnerClassName ?? layer.ClassName, channelsFirst) switch
        {
            ("Conv2DTranspose", true) when isKernel => [2, 3, 0, 1],
            ("Conv2DTranspose", false) when isKernel => [0, 1, 3, 2],
            ("Conv2D" or "SeparableConv2D" or "ConvLSTM2D", true) when isKernel => [2, 3, 1, 0],
            ("Conv3D", true) when isKernel => [2, 3, 4, 1, 0],
            _ => [.. Enumerable.Range(0, variable.Shape.Count)],
        };
    }

    /// <summary>Arrays side by side along the last dimension.</summary>
    private static float[] Join(float[][] arrays, int width)
    {
        var result = new float[arrays.Sum(array => array.Length)];
        for (var row = 0; row * width < arrays[0].Length; row++)
        {
            for (var i = 0; i < arrays.Length; i++)
            {
                arrays[i].AsSpan(row * width, width).CopyTo(result.AsSpan(((row * arrays.Length) + i) * width));
            }
        }

        return result;
    }
}

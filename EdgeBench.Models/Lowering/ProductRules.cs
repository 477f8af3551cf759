using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>Layers that sum products over axes that their configuration names.</summary>
internal static class ProductRules
{
    /// <summary>For each sample the sum of products over an axis of each input.</summary>
    public static Value Dot(LayerContext layer)
    {
        if (layer.Inputs is not [{ Rank: > 1 } x, { Rank: > 1 } y])
        {
            throw new LayerNotSupportedException($"it multiplies {layer.Inputs.Count} tensors where two are expected");
        }

        var axes = layer.Config.Wholes("axes", 2);
        if (layer.Config.Flag("normalize", false))
        {
            (x, y) = (layer.L2Normalize(x, axes[0]), layer.L2Normalize(y, axes[1]));
        }

        var product = layer.BatchDot(x, y, axes[0], axes[1]);
        return product.Rank == 1 ? layer.Reshape(product, [product.Shape[0], 1]) : product;
    }

    /// <summary>An equation of einsum with a kernel, a bias along some axes of the result, and an activation.</summary>
    public static Value EinsumDense(LayerContext layer)
    {
        var equation = layer.Config.Text("equation") ?? throw new LayerNotSupportedException("its configuration lacks 'equation'");
        layer.RefuseQuantizedWeights();
        var sizes = AxisSizes.Of(equation, layer.Input.Shape, Outputs(layer));
        var kernel = layer.Variable("kernel", sizes.Of(sizes.Kernel));
        var bias = layer.Config.Text("bias_axes") is { Length: > 0 } axes ? layer.Variable("bias", sizes.OfBias(axes)) : null;
        return ActivationRules.Apply(layer, layer.EinsumWithBias(equation, layer.Input, kernel, bias), "activation");
    }

    /// <summary>Sizes behind the batch; null where the input says them.</summary>
    private static int?[] Outputs(LayerContext layer) => layer.Config.Find("output_shape") switch
    {
        { ValueKind: System.Text.Json.JsonValueKind.Array } list =>
            [.. list.EnumerateArray().Select(size =>
                size.ValueKind == System.Text.Json.JsonValueKind.Null ? (int?)null : LayerConfig.WholeOf(size, "output_shape"))],
        { } number => [LayerConfig.WholeOf(number, "output_shape")],
        null => throw new LayerNotSupportedException("its configuration lacks 'output_shape'"),
    };

    /// <summary>The axes of an equation with their sizes.</summary>
    private sealed record AxisSizes(string Kernel, string Result, bool ElidesBehind, int Elided, Dictionary<char, int> Sizes)
    {
        private const string Ellipsis = "...";

        public static AxisSizes Of(string equation, IReadOnlyList<int> input, int?[] outputs)
        {
            var terms = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
            if (terms.Length != 2 || terms[0].Split(',') is not [var left, var kernel])
            {
                throw new LayerNotSupportedException($"the equation '{equation}' is none of an input and a kernel");
            }

            var (behind, names) = (left.EndsWith(Ellipsis, StringComparison.Ordinal), left.Replace(Ellipsis, "", StringComparison.Ordinal));
            var result = terms[1].Replace(Ellipsis, "", StringComparison.Ordinal);
            var elided = input.Count - names.Length;
            var sizes = new Dictionary<char, int>();
            for (var i = 0; i < names.Length && elided >= 0; i++)
            {
                sizes[names[i]] = input[behind ? i : i + elided];
            }

            // Of the result the sizes behind the batch are given; an ellipsis in front takes the place of the batch.
            var given = result.Length == outputs.Length ? result : result.Length > 0 ? result[1..] : "";
            for (var i = 0; i < given.Length && i < outputs.Length; i++)
            {
                sizes.TryAdd(given[i], outputs[i] ?? 0);
            }

            return kernel.Concat(result).All(sizes.ContainsKey)
                ? new AxisSizes(kernel, result, behind, Math.Max(elided, 0), sizes)
                : throw new LayerNotSupportedException($"the equation '{equation}' does not fit its input and output");
        }

        public int[] Of(string axes) => [.. axes.Select(axis => Sizes[axis])];

        public int[] OfBias(string axes)
        {
            var first = axes.Min(axis => Result.IndexOf(axis, StringComparison.Ordinal));
            return first < 0
                ? throw new LayerNotSupportedException($"its bias along '{axes}' does not fit the result '{Result}'")
                :
                [
                    .. Result[first..].Select(axis => axes.Contains(axis, StringComparison.Ordinal) ? Sizes[axis] : 1),
                    .. Enumerable.Repeat(1, ElidesBehind ? Elided : 0),
                ];
        }
    }
}

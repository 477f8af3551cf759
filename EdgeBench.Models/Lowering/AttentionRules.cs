using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>Attention: sums of values, weighted by how well their keys fit a query.</summary>
internal static class AttentionRules
{
    /// <summary>What is added to the score of a place that must not be seen, as Keras has it.</summary>
    private const double Unseen = -1e9;

    /// <summary>The place of an argument that always has its name.</summary>
    private const int NoPlace = -1;

    /// <summary>Dot-product attention, or the sum of tanh(q + k), without weights but for a scale.</summary>
    public static IReadOnlyList<Value> Attention(LayerContext layer)
    {
        var (query, value, key) = Inputs(layer);
        var scale = layer.Config.Flag("use_scale", false) ? layer.Variable("scale") : null;
        switch (layer.Config.Text("score_mode") ?? "dot")
        {
            case "dot":
                var scores = layer.MatrixProduct(query, key, transposeRight: true);
                return Weigh(layer, scale is null ? scores : layer.Multiply(scores, scale), value);
            case "concat":
                var weight = layer.Variable("concat_score_weight");
                var sums = Pairs(layer, query, key);
                var bent = layer.Activate(scale is null ? sums : layer.Multiply(sums, scale), ActivationKind.Tanh);
                return Weigh(layer, layer.Multiply(layer.Reduce(Aggregate.Sum, bent, [-1]), weight), value);
            case var mode:
                throw new LayerNotSupportedException($"the score mode '{mode}' is not supported");
        }
    }

    /// <summary>Bahdanau's attention: the scores are sums of scale * tanh(q + k).</summary>
    public static IReadOnlyList<Value> AdditiveAttention(LayerContext layer)
    {
        var (query, value, key) = Inputs(layer);
        var bent = layer.Activate(Pairs(layer, query, key), ActivationKind.Tanh);
        var weighted = layer.Config.Flag("use_scale", true)
            ? layer.Multiply(bent, layer.Variable("scale", query.Shape[^1]))
            : bent;
        return Weigh(layer, layer.Reduce(Aggregate.Sum, weighted, [-1]), value);
    }

    /// <summary>Vaswani et al. 2017, "Attention Is All You Need": several heads, each with projections of its own.</summary>
    public static IReadOnlyList<Value> MultiHeadAttention(LayerContext layer)
    {
        var query = layer.Tensor("query", 0) ?? throw new LayerNotSupportedException("its query is missing");
        var value = layer.Tensor("value", 1) ?? throw new LayerNotSupportedException("its value is missing");
        var key = layer.Tensor("key", 2) ?? value;
        var (heads, size) = (layer.Config.Whole("num_heads"), layer.Config.Whole("key_dim"));
        var sizeOfValue = layer.Config.Whole("value_dim", size);
        int[] axes = [.. (layer.Config.WholeList("attention_axes") ?? [.. Enumerable.Range(1, query.Rank - 2)])
            .Select(axis => layer.Axis(query, axis))];
        if (axes is not [1] && Band(layer, 1, 1) is not null)
        {
            throw new LayerNotSupportedException("hiding later or distant places is only supported over the axis behind the batch");
        }

        var queries = Gathered(layer, Project(layer, "query", query, [heads, size], 1 / Math.Sqrt(size)), axes);
        var keys = Gathered(layer, Project(layer, "key", key, [heads, size]), axes);
        var gate = Gate(layer, query, [heads, sizeOfValue]);
        var values = Gathered(layer, Project(layer, "value", value, [heads, sizeOfValue]), axes);
        var seen = Seen(layer, query, value, key);
        if (seen is not null && seen.Rank == 1 + (2 * axes.Length))
        {
            seen = layer.Reshape(seen, [seen.Shape[0], TensorShape.Joined(seen.Shape.Skip(1).Take(axes.Length)), -1]);
        }

        var weights = Weights(layer, layer.MatrixProduct(queries, keys, transposeRight: true), seen, query.Rank);
        var attended = Gated(layer, Spread(layer, layer.MatrixProduct(weights, values), query, axes, sizeOfValue), gate);
        int[] shape = layer.Config.WholeList("output_shape") ?? [query.Shape[^1]];
        var output = Combine(layer, attended, query.Rank, shape);
        if (!Returns(layer))
        {
            return [output];
        }

        var ofAxes = (Value tensor) => axes.Select(axis => tensor.Shape[axis]);
        return [output, layer.Reshape(weights, [.. weights.Shape.SkipLast(2), .. ofAxes(query), .. ofAxes(value)])];
    }

    /// <summary>Ainslie et al. 2023, "GQA": groups of query heads share the heads of keys and values.</summary>
    public static IReadOnlyList<Value> GroupedQueryAttention(LayerContext layer)
    {
        var query = layer.Tensor("query", 0) ?? throw new LayerNotSupportedException("its query is missing");
        var value = layer.Tensor("value", 1) ?? throw new LayerNotSupportedException("its value is missing");
        var key = layer.Tensor("key", 2) ?? value;
        var (size, heads, groups) = (
            layer.Config.Whole("head_dim"), layer.Config.Whole("num_query_heads"), layer.Config.Whole("num_key_value_heads"));
        if (groups < 1 || heads % groups != 0 || query.Rank != 3 || value.Rank != 3)
        {
            throw new LayerNotSupportedException($"{heads} heads of queries in {groups} groups do not fit its inputs");
        }

        // The heads of a group stand one behind the other, as rows of one matrix.
        var (batch, length, shared) = (query.Shape[0], query.Shape[1], heads / groups);
        var projected = layer.Reshape(
            Project(layer, "query", query, [heads, size], 1 / Math.Sqrt(size)), [batch, length, groups, shared, size]);
        var queries = layer.Reshape(layer.Transpose(projected, [0, 2, 3, 1, 4]), [batch, groups, shared * length, size]);
        var keys = layer.Transpose(Project(layer, "key", key, [groups, size]), [0, 2, 1, 3]);
        var gate = Gate(layer, query, [heads, size]);
        var values = layer.Transpose(Project(layer, "value", value, [groups, size]), [0, 2, 1, 3]);
        var scores = layer.MatrixProduct(queries, keys, transposeRight: true);
        int[] ofHeads = [batch, heads, length, value.Shape[1]];
        var seen = Seen(layer, query, value, key);
        var isHidden = seen is not null || Band(layer, 1, 1) is not null;
        var weights = layer.Reshape(Weights(layer, isHidden ? layer.Reshape(scores, ofHeads) : scores, seen, query.Rank), scores.Shape);
        var attended = layer.Transpose(
            layer.Reshape(layer.MatrixProduct(weights, values), [batch, groups, shared, length, size]), [0, 3, 1, 2, 4]);
        var ofQueries = Gated(layer, layer.Reshape(attended, [batch, length, heads, size]), gate);
        var output = Combine(layer, ofQueries, query.Rank, [query.Shape[^1]]);
        return Returns(layer) ? [output, layer.Reshape(weights, ofHeads)] : [output];
    }

    /// <summary>The tensors stand in a list; keys are the values where they are left out.</summary>
    private static (Value Query, Value Value, Value Key) Inputs(LayerContext layer) => layer.Inputs switch
    {
        [{ Rank: > 2 } query, var value] => (query, value, value),
        [{ Rank: > 2 } query, var value, var key] => (query, value, key),
        _ => throw new LayerNotSupportedException($"it is called with {layer.Inputs.Count} tensors where query, value and key are expected"),
    };

    /// <summary>q + k of every query with every key.</summary>
    private static Value Pairs(LayerContext layer, Value query, Value key) =>
        layer.Add(layer.ExpandDimensions(query, [-2]), layer.ExpandDimensions(key, [-3]));

    private static IReadOnlyList<Value> Weigh(LayerContext layer, Value scores, Value value)
    {
        var masks = Masks(layer);
        var seen = masks[1] is { } ofValues ? layer.ExpandDimensions(ofValues, [1]) : null;
        var weights = layer.Softmax(Hide(layer, scores, seen), -1);
        var output = layer.MatrixProduct(weights, value);
        if (masks[0] is { } ofQueries)
        {
            output = layer.Multiply(output, layer.Float(layer.ExpandDimensions(ofQueries, [-1])));
            if (layer.Writer.HandsMasksOfLists)
            {
                layer.SetMask(output, ofQueries);
            }
        }

        return Returns(layer) ? [output, weights] : [output];
    }

    /// <summary>The masks of query and value: those that the layer is called with, else those that came with the tensors.</summary>
    private static IReadOnlyList<Value?> Masks(LayerContext layer) => layer.Call.Keyword.GetValueOrDefault("mask") switch
    {
        CallArgument.List { Items: { Count: > 1 } items } =>
            [.. items.Select(item => item is CallArgument.Tensor mask ? layer.Truth(layer.TensorOf(mask)) : null)],
        { } argument when argument.Tensors.Any() =>
            throw new LayerNotSupportedException("its argument 'mask' is not one mask for the query and one for the value"),
        _ => [.. layer.Inputs.Select(layer.MaskOf)],
    };

    /// <summary>What places are seen from which, (batch, queries, keys): by the argument, and by the masks that come with the
    /// tensors, which Keras looks at from 2.10 on; null where all are.</summary>
    private static Value? Seen(LayerContext layer, Value query, Value value, Value key)
    {
        var seen = layer.Tensor("attention_mask", NoPlace) is { } mask ? layer.Truth(mask) : null;
        if (!layer.Writer.HandsMasksToAttention)
        {
            return seen;
        }

        And(Mask("query_mask", query), -1);
        And(Mask("value_mask", value), -2);
        if (!ReferenceEquals(key, value))
        {
            And(Mask("key_mask", key), -2);
        }

        return seen;

        Value? Mask(string name, Value tensor) => layer.Tensor(name, NoPlace) is { } said ? layer.Truth(said) : layer.MaskOf(tensor);

        void And(Value? other, int axis)
        {
            if (other is not null)
            {
                var raised = layer.ExpandDimensions(other, [axis]);
                seen = seen is null ? raised : layer.Logic(LogicKind.And, seen, raised);
            }
        }
    }

    /// <summary>Projects the last dimension to heads.</summary>
    private static Value Project(LayerContext layer, string name, Value x, int[] shape, double scale = 1)
    {
        var part = $"{name}_dense";
        var kernel = layer.VariableOf(part, $"{name}/kernel", [x.Shape[^1], .. shape]);
        var bias = layer.Config.Flag("use_bias", true) ? layer.VariableOf(part, $"{name}/bias", shape) : null;
        var projected = layer.Weighted(
            layer.AtLeastMatrix(x), kernel.Reshaped([x.Shape[^1], shape[0] * shape[1]]), bias?.Reshaped([shape[0] * shape[1]]));
        if (scale != 1)
        {
            projected = layer.Multiply(projected, layer.Number(scale));
        }

        return layer.Reshape(projected, [.. x.Shape.SkipLast(1), .. shape]);
    }

    /// <summary>Batch, axes..., heads, size: the axes that attention runs over as rows of matrices, the others before the heads.</summary>
    private static Value Gathered(LayerContext layer, Value projected, int[] axes)
    {
        int[] others = [.. Enumerable.Range(1, projected.Rank - 3).Except(axes)];
        var turned = layer.Transpose(projected, [0, .. others, projected.Rank - 2, .. axes, projected.Rank - 1]);
        return layer.Reshape(turned, [.. turned.Shape.Take(others.Length + 2), -1, turned.Shape[^1]]);
    }

    /// <summary>Undoes <see cref="Gathered"/> for what was attended by the query.</summary>
    private static Value Spread(LayerContext layer, Value attended, Value query, int[] axes, int size)
    {
        int[] others = [.. Enumerable.Range(1, query.Rank - 2).Except(axes)];
        var heads = others.Length + 1;
        var apart = layer.Reshape(attended, [.. attended.Shape.Take(heads + 1), .. axes.Select(axis => query.Shape[axis]), size]);
        var order = new int[apart.Rank];
        for (var i = 0; i < others.Length; i++)
        {
            order[others[i]] = i + 1;
        }

        for (var i = 0; i < axes.Length; i++)
        {
            order[axes[i]] = heads + 1 + i;
        }

        (order[^2], order[^1]) = (heads, apart.Rank - 1);
        return layer.Transpose(apart, order);
    }

    /// <summary>All heads of a place together give its output.</summary>
    private static Value Combine(LayerContext layer, Value attended, int rank, int[] shape)
    {
        const string Part = "output_dense";
        const string Name = "attention_output";
        var (inputs, outputs) = (attended.Shape[^2] * attended.Shape[^1], TensorShape.Joined(shape));
        var kernel = layer.VariableOf(Part, $"{Name}/kernel", [attended.Shape[^2], attended.Shape[^1], .. shape]);
        var bias = layer.Config.Flag("use_bias", true) ? layer.VariableOf(Part, $"{Name}/bias", shape) : null;
        var joined = layer.Reshape(attended, [.. attended.Shape.Take(rank - 1), inputs]);
        var output = layer.Weighted(joined, kernel.Reshaped([inputs, outputs]), bias?.Reshaped([outputs]));
        return layer.Reshape(output, [.. attended.Shape.Take(rank - 1), .. shape]);
    }

    /// <summary>How much each place counts, of scores (..., queries, keys).</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="scores">The scores.</param>
    /// <param name="seen">What places are seen from which; null where all are.</param>
    /// <param name="rank">Rank of the query.</param>
    private static Value Weights(LayerContext layer, Value scores, Value? seen, int rank)
    {
        // Batch, queries, keys: the heads stand before the queries.
        var fitting = seen is not null && seen.Rank < scores.Rank
            ? layer.Reshape(
                seen, [.. seen.Shape.SkipLast(2), .. Enumerable.Repeat(1, scores.Rank - seen.Rank), .. seen.Shape.TakeLast(2)])
            : seen;
        var weights = layer.Softmax(Hide(layer, scores, fitting), -1);
        if (fitting is null || !layer.Writer.ZeroesWhatSeesNothing || IsFused(layer, rank))
        {
            return weights;
        }

        var kept = layer.Multiply(weights, layer.Float(fitting));
        return Band(layer, scores.Shape[^2], scores.Shape[^1]) is { } band
            ? layer.Multiply(kept, layer.ConstantOf(
                "band", scores.Shape.TakeLast(2).ToArray(), ElementType.Float32, [.. band.Select(isSeen => isSeen ? 1.0 : 0)]))
            : kept;
    }

    /// <summary>Whether Keras 3 leaves all to one function of its backend, which knows of no masked softmax.</summary>
    private static bool IsFused(LayerContext layer, int rank) =>
        rank == 3 && !Returns(layer) && (layer.Config.Number("dropout", 0) == 0 || !layer.Writer.IsBefore(3, 13));

    /// <summary>Scores (..., queries, keys) without those of places that must not be seen.</summary>
    private static Value Hide(LayerContext layer, Value scores, Value? mask)
    {
        var (rows, columns) = (scores.Shape[^2], scores.Shape[^1]);
        if (Band(layer, rows, columns) is { } band)
        {
            double[] hidden = [.. band.Select(isSeen => isSeen ? 0 : Unseen)];
            scores = layer.Add(scores, layer.ConstantOf("causal", [rows, columns], ElementType.Float32, hidden));
        }

        return mask is null ? scores : layer.Select(mask, scores, layer.Number(Unseen));
    }

    /// <summary>What places a query sees by the layer's options: those before it, or those near it; null where all.</summary>
    private static bool[]? Band(LayerContext layer, int rows, int columns)
    {
        var isCausal = layer.Config.Flag("causal", false) || CallFlag(layer, "use_causal_mask");
        var window = layer.Config.Find("sliding_window") is null ? int.MaxValue : layer.Config.Whole("sliding_window");
        return isCausal || window != int.MaxValue
            ? [.. Enumerable.Range(0, rows * columns).Select(i =>
                (!isCausal || i % columns <= i / columns) && Math.Abs((i % columns) - (i / columns)) < window)]
            : null;
    }

    /// <summary>A sigmoid for each element of what the heads give; null where the layer has no gate.</summary>
    private static Value? Gate(LayerContext layer, Value query, int[] shape) => layer.Config.Flag("use_gate", false)
        ? layer.Activate(Project(layer, "gate", query, shape), ActivationKind.Sigmoid)
        : null;

    private static Value Gated(LayerContext layer, Value attended, Value? gate) =>
        gate is null ? attended : layer.Multiply(attended, gate);

    private static bool Returns(LayerContext layer) => CallFlag(layer, "return_attention_scores");

    private static bool CallFlag(LayerContext layer, string name) =>
        layer.Call.Keyword.GetValueOrDefault(name) is CallArgument.Constant { Value.ValueKind: System.Text.Json.JsonValueKind.True };
}

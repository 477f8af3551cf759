using EdgeBench.Models.Containers;
using EdgeBench.Models.Keras;
using PureHDF;

namespace EdgeBench.Models.Weights;

/// <summary>
/// Weights as <c>model.save("model.h5")</c> and the old <c>save_weights</c> lay them out: one group per outermost layer, whose attribute
/// <c>weight_names</c> says where they are and in which order. The paths in it need not follow the layer's name.
/// </summary>
internal sealed class LegacyWeights : IWeightSource
{
    private readonly Hdf5Content _content;
    private readonly Dictionary<KerasLayer, List<(IH5Group Group, string Name)>> _stored = [];

    /// <summary>Finds the weights of a model.</summary>
    /// <param name="content">The file; disposed with this.</param>
    /// <param name="weights">The group with one group per layer.</param>
    /// <param name="model">The model.</param>
    public LegacyWeights(Hdf5Content content, IH5Group weights, KerasModel model)
    {
        _content = content;
        foreach (var layer in model.Layers)
        {
            if (Hdf5Content.Group(weights, layer.Name) is not { } group || Hdf5Content.Names(group, "weight_names") is not { } names)
            {
                continue;
            }

            if (layer.Nested is { } nested)
            {
                Distribute(group, names, nested.Leaves.ToList());
            }
            else
            {
                _stored[layer] = names.Select(name => (group, name)).ToList();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _content.Dispose();

    /// <inheritdoc/>
    public float[] Read(KerasLayer layer, LayerVariable variable)
    {
        if (!_stored.TryGetValue(layer, out var stored) || stored.Count <= variable.Index)
        {
            throw new ModelFileException(
                $"the weights '{variable.Name}' of layer '{layer.Path}' are not in the file; save the whole model with "
                + "model.save(\"model.keras\")");
        }

        var (group, name) = stored[variable.Index];
        return StoredVariable.Read(_content, Hdf5Content.Dataset(group, name), layer, variable);
    }

    /// <summary>
    /// A nested model is one flat list, trainable weights first, so that order says nothing; the names hold the layer's. Layers of the
    /// same name in different
    /// models take turns.
    /// </summary>
    private void Distribute(IH5Group group, IReadOnlyList<string> names, List<KerasLayer> leaves)
    {
        foreach (var name in names)
        {
            var segments = name.Split('/');
            var variable = segments[^1];
            var best = leaves
                .Select(leaf => (Leaf: leaf, Match: Match(segments, leaf)))
                .Where(candidate => candidate.Match > 0 && !Holds(candidate.Leaf, variable))
                .OrderByDescending(candidate => candidate.Match)
                .FirstOrDefault();
            if (best.Leaf is not null)
            {
                if (!_stored.TryGetValue(best.Leaf, out var stored))
                {
                    _stored[best.Leaf] = stored = [];
                }

                stored.Add((group, name));
            }
        }
    }

    private bool Holds(KerasLayer leaf, string variable) =>
        _stored.TryGetValue(leaf, out var stored) && stored.Exists(weight => weight.Name.Split('/')[^1] == variable);

    /// <summary>How many segments of the layer's path, from its own name outwards, occur as a run in the weight's name.</summary>
    private static int Match(string[] segments, KerasLayer leaf)
    {
        var path = leaf.Path.Split('/');
        var own = leaf.Name.Split('/').Length;
        for (var length = path.Length; length >= own; length--)
        {
            if (segments.AsSpan(0, segments.Length - 1).IndexOf(path.AsSpan(path.Length - length)) >= 0)
            {
                return length;
            }
        }

        return 0;
    }
}

using EdgeBench.Models.Containers;
using EdgeBench.Models.Keras;
using PureHDF;

namespace EdgeBench.Models.Weights;

/// <summary>Where an array of weights lies in a file.</summary>
/// <param name="Group">The group that lists it.</param>
/// <param name="Name">Its path below that group.</param>
internal sealed record StoredArray(IH5Group Group, string Name)
{
    /// <summary>The variable's own name: the last part of the path, without the number of the output that TensorFlow adds.</summary>
    public string VariableName { get; } = Name[(Name.LastIndexOf('/') + 1)..].Split(':')[0];

    /// <summary>Whether its path ends with a name.</summary>
    public bool IsCalled(string name) => $"/{Name.Split(':')[0]}".EndsWith($"/{name}", StringComparison.Ordinal);

    /// <summary>The array itself.</summary>
    public IH5Dataset Dataset => Hdf5Content.Dataset(Group, Name);
}

/// <summary>
/// The layout of <c>model.save("model.h5")</c> and of the old <c>save_weights</c>: one group per outermost layer, whose attribute
/// <c>weight_names</c> says where the arrays are and in which order. The paths in it need not follow the layer's name.
/// </summary>
internal sealed class LegacyLayout
{
    private readonly Dictionary<KerasLayer, List<StoredArray>> _stored = [];
    private readonly Dictionary<KerasLayer, IReadOnlyList<StoredArray>> _unnamed = [];

    /// <summary>Finds the arrays of a model.</summary>
    /// <param name="weights">The group with one group per layer.</param>
    /// <param name="model">The model.</param>
    public LegacyLayout(IH5Group weights, KerasModel model)
    {
        foreach (var layer in model.Layers)
        {
            if (Hdf5Content.Group(weights, layer.Name) is not { } group || Hdf5Content.Names(group, "weight_names") is not { } names)
            {
                continue;
            }

            Assign(layer, names.Select(name => new StoredArray(group, name)).ToList());
        }
    }

    /// <summary>The arrays of a layer in the order of its variables; empty where there are none.</summary>
    public IReadOnlyList<StoredArray> Of(KerasLayer layer) => _stored.GetValueOrDefault(layer) ?? [];

    /// <summary>The array of a variable: by its name, where that has the name of an object inside the layer before its own as in
    /// <c>query/kernel</c>, else by its place; null where there is none.</summary>
    public StoredArray? Find(KerasLayer layer, LayerVariable variable)
    {
        var arrays = Of(layer);
        return (variable.Name.Contains('/', StringComparison.Ordinal) ? arrays.FirstOrDefault(array => array.IsCalled(variable.Name)) : null)
            ?? arrays.ElementAtOrDefault(variable.Index) ?? Unnamed(layer, variable.Name);
    }

    /// <summary>Every array that a file lists, in the order of its groups.</summary>
    public static IEnumerable<StoredArray> All(IH5Group weights) => Hdf5Content.Children(weights).OfType<IH5Group>()
        .SelectMany(group => Hdf5Content.Names(group, "weight_names")?.Select(name => new StoredArray(group, name)) ?? []);

    /// <summary>The array of a variable in a nested model whose arrays do not say their layer (Keras 3.0 to 3.2): two of one name could
    /// not be stored there. Keras 3 has no name of its own for the kernel of a depthwise convolution.</summary>
    private StoredArray? Unnamed(KerasLayer layer, string variable) => _unnamed.GetValueOrDefault(layer) is { } arrays
        ? arrays.FirstOrDefault(array => array.IsCalled(variable))
            ?? arrays.FirstOrDefault(array => variable == "depthwise_kernel" && array.VariableName == "kernel")
        : null;

    private void Assign(KerasLayer layer, List<StoredArray> arrays)
    {
        if (layer.Nested is { } nested)
        {
            Distribute(arrays, nested.Leaves.ToList());
        }
        else if (layer.Wrapped.Count == 0)
        {
            _stored[layer] = arrays;
        }
        else
        {
            // The vector by which SpectralNormalization normalises in training is its own, and stands in front where the layer is frozen.
            arrays.RemoveAll(array => array.VariableName == "vector_u");
            var first = 0;
            foreach (var (inner, count) in layer.Wrapped.Zip(Shares(layer.Wrapped, arrays.Count)))
            {
                Assign(inner, arrays.GetRange(first, count));
                first += count;
            }
        }
    }

    /// <summary>How many of a wrapper's arrays each of the layers inside has: they stand one behind the other, and only recurrent layers
    /// stand with others. Such a one has a bias or none; how many kernels it has depends on its time.</summary>
    private static IEnumerable<int> Shares(IReadOnlyList<KerasLayer> layers, int count)
    {
        const int Kernels = 2;
        var biases = layers.Select(layer => layer.Config.Flag("use_bias", true) ? 1 : 0).ToList();
        if (biases.TrueForAll(bias => bias == biases[0]) || count != biases.Sum(bias => Kernels + bias))
        {
            return Enumerable.Repeat(count / layers.Count, layers.Count);
        }

        return biases.Select(bias => Kernels + bias);
    }

    /// <summary>
    /// A nested model is one flat list, trainable weights first, so that order says nothing; the names hold the layer's. Layers of the
    /// same name in different models take turns.
    /// </summary>
    private void Distribute(List<StoredArray> arrays, List<KerasLayer> leaves)
    {
        var unnamed = new List<StoredArray>();
        var taken = new HashSet<(KerasLayer, string)>();
        var shares = leaves.ToDictionary(leaf => leaf, _ => new List<StoredArray>());
        foreach (var array in arrays)
        {
            var best = leaves
                .Select(leaf => (Leaf: leaf, Match: LayerNameMatch.Of(array.Name, leaf)))
                .Where(candidate => candidate.Match is { } match && !taken.Contains((candidate.Leaf, match.Rest)))
                .OrderByDescending(candidate => candidate.Match!.Value.Closeness)
                .ThenByDescending(candidate => candidate.Match!.Value.Rest.Count(character => character == '/'))
                .FirstOrDefault();
            if (best.Match is { } found)
            {
                taken.Add((best.Leaf, found.Rest));
                shares[best.Leaf].Add(array);
            }
            else
            {
                unnamed.Add(array);
            }
        }

        foreach (var (leaf, share) in shares.Where(share => share.Value.Count > 0))
        {
            Assign(leaf, share);
        }

        foreach (var leaf in leaves.Where(leaf => unnamed.Count > 0 && shares[leaf].Count == 0))
        {
            _unnamed[leaf] = unnamed;
        }
    }
}

using EdgeBench.Models.Containers;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Weights;

/// <summary>Weights of Keras 2 and 3 in the <see cref="LegacyLayout"/>.</summary>
/// <param name="content">The file.</param>
/// <param name="layout">Where the arrays are in it.</param>
internal sealed class LegacyWeights(Hdf5Content content, LegacyLayout layout) : IWeightSource
{
    /// <inheritdoc/>
    public float[] Read(KerasLayer layer, LayerVariable variable)
    {
        var array = layout.Find(layer, variable) ?? throw StoredVariable.Missing(layer, variable);
        return StoredVariable.Read(content, array.Dataset, layer, variable);
    }
}

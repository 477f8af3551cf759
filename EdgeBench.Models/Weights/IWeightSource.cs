using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Weights;

/// <summary>A variable of a layer.</summary>
/// <param name="Name">Its name in Keras 2's spelling, such as <c>depthwise_kernel</c>.</param>
/// <param name="Index">Its place among all variables of the layer, from 0, as Keras creates them.</param>
/// <param name="Shape">Its shape in Keras' order.</param>
internal sealed record LayerVariable(string Name, int Index, IReadOnlyList<int> Shape)
{
    /// <summary>The object inside the layer that has the variable, by the names of attributes that lead to it, such as <c>cell</c> or
    /// <c>forward_layer/cell</c>; empty for the layer's own.</summary>
    public string Part { get; init; } = "";

    /// <summary>Its place among the variables of that part, from 0.</summary>
    public required int PartIndex { get; init; }

    /// <summary>Number of values.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => checked(product * size));
}

/// <summary>Where the values of variables come from.</summary>
internal interface IWeightSource
{
    /// <summary>The values of a variable in C order.</summary>
    /// <exception cref="Containers.ModelFileException">They are not there, or do not fit.</exception>
    float[] Read(KerasLayer layer, LayerVariable variable);
}

using EdgeBench.Models.Containers;
using EdgeBench.Models.Keras;
using PureHDF;

namespace EdgeBench.Models.Weights;

/// <summary>Reads a variable from a file and checks it.</summary>
internal static class StoredVariable
{
    /// <summary>The values of a dataset that must have the variable's shape and be numbers.</summary>
    /// <exception cref="ModelFileException">It has another shape, or holds NaN or infinity.</exception>
    public static float[] Read(Hdf5Content content, IH5Dataset dataset, KerasLayer layer, LayerVariable variable)
    {
        var what = $"the weights '{variable.Name}' of layer '{layer.Path}'";
        var shape = Hdf5Content.Shape(dataset);
        if (!shape.SequenceEqual(variable.Shape.Select(size => (long)size)))
        {
            throw new ModelFileException(
                $"{what} have the shape ({string.Join(", ", shape)}) where the architecture asks for "
                + $"({string.Join(", ", variable.Shape)}); "
                + "take architecture and weights from the same model");
        }

        float[] values;
        try
        {
            values = content.Floats(dataset, variable.Count);
        }
        catch (ModelFileException e)
        {
            throw new ModelFileException($"{what}: {e.Message}", e);
        }

        // NaN in one place makes every output NaN, and a latency of it would still look fine.
        return values.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is >= 0 and var at
            ? throw new ModelFileException($"{what} hold {values[at]} at place {at}, so the model cannot compute; train or export it again")
            : values;
    }

    /// <summary>What is said of a variable that a file does not hold.</summary>
    public static ModelFileException Missing(KerasLayer layer, LayerVariable variable) => new(
        $"the weights '{variable.Name}' of layer '{layer.Path}' are not in the file; save the whole model with model.save(\"model.keras\")");
}

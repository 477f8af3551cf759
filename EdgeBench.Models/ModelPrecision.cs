namespace EdgeBench.Models;

/// <summary>What the numbers of a written file are.</summary>
public enum ModelPrecision
{
    /// <summary>32-bit floats throughout.</summary>
    Float32,

    /// <summary>Weights are 16-bit floats, widened when the file is loaded; the arithmetic is that of 32-bit floats. TFLite only.</summary>
    Float16,

    /// <summary>Weights are 8-bit integers, and activations become so while an operator runs; between operators they are floats. TFLite
    /// only.</summary>
    DynamicRange,

    /// <summary>Weights and activations are 8-bit integers, by ranges that were measured on samples; inputs and outputs stay
    /// floats.</summary>
    Int8,
}

/// <summary>The precisions by the names that people call them.</summary>
public static class ModelPrecisions
{
    private static readonly Dictionary<string, ModelPrecision> Known = new(StringComparer.Ordinal)
    {
        ["fp32"] = ModelPrecision.Float32,
        ["fp16"] = ModelPrecision.Float16,
        ["dynamic"] = ModelPrecision.DynamicRange,
        ["int8"] = ModelPrecision.Int8,
    };

    /// <summary>The names.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>The precision of a name; null where there is none.</summary>
    public static ModelPrecision? Of(string name) => Known.TryGetValue(name, out var precision) ? precision : null;

    /// <summary>Its name.</summary>
    public static string Name(this ModelPrecision precision) => Known.First(entry => entry.Value == precision).Key;
}

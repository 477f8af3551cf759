using System.Text;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Weights;

/// <summary>
/// Weights that anyone can repeat: FNV-1a of the variable's name seeds splitmix64, whose 24 upper bits give u in [0, 1).
/// The rule is written out in <c>docs/models.md</c>.
/// </summary>
internal sealed class SyntheticWeights(ulong seed) : IWeightSource
{
    /// <inheritdoc/>
    public float[] Read(KerasLayer layer, LayerVariable variable)
    {
        var state = Fnv1a(Encoding.UTF8.GetBytes($"{layer.Path}/{variable.Name}")) + seed;
        var (scale, offset) = Range(variable);
        var values = new float[variable.Count];
        for (var i = 0; i < values.Length; i++)
        {
            state += 0x9E3779B97F4A7C15;
            var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            var u = ((z ^ (z >> 31)) >> 40) / (double)(1 << 24);
            values[i] = (float)(offset + (scale * u));
        }

        return values;
    }

    /// <summary>Scale and offset such that a value is offset + scale * u.</summary>
    private static (double Scale, double Offset) Range(LayerVariable variable)
    {
        if (variable.Name is "gamma" or "moving_variance" or "variance")
        {
            return (0.4, 0.8);
        }

        if (variable.Shape.Count <= 1 || variable.Name is "beta" or "moving_mean" or "mean" or "bias")
        {
            return (0.2, -0.1);
        }

        var outputs = variable.Name == "depthwise_kernel" ? 2 : 1;
        var fan = variable.Shape.SkipLast(outputs).Aggregate(1L, (product, size) => product * size);
        var bound = Math.Sqrt(6.0 / fan);
        return (2 * bound, -bound);
    }

    private static ulong Fnv1a(ReadOnlySpan<byte> bytes)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * 0x100000001B3;
        }

        return hash;
    }
}

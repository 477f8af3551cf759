using System.Text;

namespace EdgeBench.Tests.Models;

/// <summary>Made-up weights, computed beside the code that makes them up.</summary>
internal static class SyntheticArrays
{
    /// <summary>The weights of an architecture without any, by the rule in docs/models.md.</summary>
    public static double[] Of(string name, int[] shape)
    {
        var seed = Encoding.UTF8.GetBytes(name).Aggregate(0xCBF29CE484222325UL, (hash, letter) => (hash ^ letter) * 0x100000001B3);
        var fan = shape.SkipLast(1).Aggregate(1.0, (product, size) => product * size);
        var bound = shape.Length == 1 ? 0.1 : Math.Sqrt(6 / fan);
        return [.. Enumerable.Range(1, shape.Aggregate(1, (product, size) => product * size)).Select(i =>
        {
            var z = seed + ((ulong)i * 0x9E3779B97F4A7C15);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            return (double)(float)(bound * ((2 * ((z >> 40) / (double)(1 << 24))) - 1));
        })];
    }
}

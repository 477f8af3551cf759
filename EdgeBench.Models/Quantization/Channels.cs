using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Quantization;

/// <summary>Which channel an element of a tensor in C order belongs to.</summary>
/// <param name="Count">Number of channels.</param>
/// <param name="Stride">Number of elements from one channel to the next.</param>
internal readonly record struct Channels(int Count, int Stride)
{
    /// <summary>The channels of an axis.</summary>
    public static Channels Of(IReadOnlyList<int> shape, int axis) =>
        new(shape.Count == 0 ? 1 : shape[axis], (int)TensorShape.Count(shape.Skip(axis + 1)));

    /// <summary>The channel of an element.</summary>
    public int At(int element) => element / Stride % Count;

    /// <summary>The greatest magnitude of every channel.</summary>
    public float[] Magnitudes(ReadOnlySpan<float> values)
    {
        var magnitudes = new float[Count];
        for (var start = 0; start < values.Length; start += Stride)
        {
            ref var magnitude = ref magnitudes[At(start)];
            foreach (var value in values.Slice(start, Stride))
            {
                magnitude = Math.Max(magnitude, Math.Abs(value));
            }
        }

        return magnitudes;
    }
}

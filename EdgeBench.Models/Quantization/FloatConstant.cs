using System.Runtime.InteropServices;
using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Quantization;

/// <summary>A constant of floats in a file that is about to be written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Write">Writes its values in C order.</param>
internal sealed record FloatConstant(string Name, IReadOnlyList<int> Shape, Action<Stream> Write)
{
    /// <summary>Number of values.</summary>
    public int Count => (int)TensorShape.Count(Shape);

    /// <summary>The values, made anew at every call.</summary>
    public ReadOnlySpan<float> Read()
    {
        var bytes = new byte[(long)Count * sizeof(float)];
        using var stream = new MemoryStream(bytes);
        Write(stream);
        return MemoryMarshal.Cast<byte, float>(bytes);
    }
}

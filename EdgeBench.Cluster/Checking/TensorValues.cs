using System.Runtime.InteropServices;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Checking;

/// <summary>Elements of the contract's types as numbers, and back.</summary>
internal static class TensorValues
{
    /// <summary>The numbers of raw little-endian elements.</summary>
    public static double[] Read(ElementType type, ReadOnlySpan<byte> raw) => type switch
    {
        ElementType.Float32 => Read<float>(raw, value => value),
        ElementType.Float16 => Read<Half>(raw, value => (double)value),
        ElementType.Float64 => Read<double>(raw, value => value),
        ElementType.Int8 => Read<sbyte>(raw, value => value),
        ElementType.Int32 => Read<int>(raw, value => value),
        ElementType.Int64 => Read<long>(raw, value => value),
        _ => Read<byte>(raw, value => value),
    };

    /// <summary>Raw little-endian elements of numbers.</summary>
    public static byte[] Write(ElementType type, ReadOnlySpan<double> values) => type switch
    {
        ElementType.Float32 => Write(values, value => (float)value),
        ElementType.Float16 => Write(values, value => (Half)value),
        ElementType.Float64 => Write(values, value => value),
        ElementType.Int8 => Write(values, value => (sbyte)value),
        ElementType.Int32 => Write(values, value => (int)value),
        ElementType.Int64 => Write(values, value => (long)value),
        ElementType.Bool => Write(values, value => value == 0 ? (byte)0 : (byte)1),
        _ => Write(values, value => (byte)value),
    };

    private static double[] Read<T>(ReadOnlySpan<byte> raw, Func<T, double> convert) where T : unmanaged
    {
        var elements = MemoryMarshal.Cast<byte, T>(raw);
        var values = new double[elements.Length];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = convert(elements[index]);
        }

        return values;
    }

    private static byte[] Write<T>(ReadOnlySpan<double> values, Func<double, T> convert) where T : unmanaged
    {
        var elements = new T[values.Length];
        for (var index = 0; index < values.Length; index++)
        {
            elements[index] = convert(values[index]);
        }

        return MemoryMarshal.AsBytes(elements.AsSpan()).ToArray();
    }
}

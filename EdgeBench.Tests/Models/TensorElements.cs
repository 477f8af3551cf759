using System.Runtime.InteropServices;

namespace EdgeBench.Tests.Models;

/// <summary>Numbers as elements of a type, and back, little-endian. Truth values are 1 and 0.</summary>
internal static class TensorElements
{
    /// <param name="type">The type in numpy's spelling.</param>
    /// <param name="values">The numbers.</param>
    public static byte[] Write(string type, ReadOnlySpan<float> values) => type switch
    {
        "float32" => MemoryMarshal.AsBytes(values).ToArray(),
        "int32" => MemoryMarshal.AsBytes<int>(Array.ConvertAll(values.ToArray(), value => (int)value)).ToArray(),
        "int64" => MemoryMarshal.AsBytes<long>(Array.ConvertAll(values.ToArray(), value => (long)value)).ToArray(),
        "int8" => MemoryMarshal.AsBytes<sbyte>(Array.ConvertAll(values.ToArray(), value => (sbyte)value)).ToArray(),
        "uint8" => Array.ConvertAll(values.ToArray(), value => (byte)value),
        "bool" => Array.ConvertAll(values.ToArray(), value => value == 0 ? (byte)0 : (byte)1),
        _ => throw new NotSupportedException($"elements of the type {type}"),
    };

    /// <param name="type">The type in numpy's spelling.</param>
    /// <param name="bytes">The elements.</param>
    public static float[] Read(string type, ReadOnlySpan<byte> bytes) => type switch
    {
        "float32" => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
        "int32" => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(bytes).ToArray(), value => (float)value),
        "int64" => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), value => (float)value),
        "int8" => Array.ConvertAll(MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray(), value => (float)value),
        "uint8" or "bool" => Array.ConvertAll(bytes.ToArray(), value => (float)value),
        _ => throw new NotSupportedException($"elements of the type {type}"),
    };
}

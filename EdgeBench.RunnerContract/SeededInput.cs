using System.Runtime.InteropServices;

namespace EdgeBench.RunnerContract;

/// <summary>
/// The values of an input that no file gives, by a rule that any language can repeat: element i of input number k (both from 0) is drawn
/// from
/// splitmix64 (Steele, Lea, Flood 2014) with the state <c>seed + k * 0xD1B54A32D192ED03 + (i + 1) * 0x9E3779B97F4A7C15</c>, its top 24 bits
/// divided by 2^24.
/// Floating-point inputs hold that number in [0, 1); integer and boolean inputs hold 0 or 1, its top bit.
/// </summary>
public static class SeededInput
{
    /// <summary>Element <paramref name="index"/> of input number <paramref name="input"/>, in [0, 1).</summary>
    public static float Element(ulong seed, int input, long index)
    {
        unchecked
        {
            var z = seed + ((ulong)input * 0xD1B54A32D192ED03UL) + ((ulong)(index + 1) * 0x9E3779B97F4A7C15UL);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            z ^= z >> 31;
            return (z >> 40) / 16_777_216f;
        }
    }

    /// <summary>Fills the bytes of one input.</summary>
    /// <param name="type">The type of an element.</param>
    /// <param name="seed">The job's seed.</param>
    /// <param name="input">The input's number in the model, from 0.</param>
    /// <param name="destination">Little-endian elements in C order.</param>
    public static void Fill(ElementType type, ulong seed, int input, Span<byte> destination)
    {
        switch (type)
        {
            case ElementType.Float32:
                Fill(MemoryMarshal.Cast<byte, float>(destination), seed, input, static value => value);
                break;
            case ElementType.Float16:
                Fill(MemoryMarshal.Cast<byte, Half>(destination), seed, input, static value => (Half)value);
                break;
            case ElementType.Float64:
                Fill(MemoryMarshal.Cast<byte, double>(destination), seed, input, static value => value);
                break;
            case ElementType.Int64:
                Fill(MemoryMarshal.Cast<byte, long>(destination), seed, input, static value => value >= 0.5f ? 1L : 0L);
                break;
            case ElementType.Int32:
                Fill(MemoryMarshal.Cast<byte, int>(destination), seed, input, static value => value >= 0.5f ? 1 : 0);
                break;
            case ElementType.Int8 or ElementType.UInt8 or ElementType.Bool:
                Fill(destination, seed, input, static value => value >= 0.5f ? (byte)1 : (byte)0);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "there is no rule for inputs of this type");
        }
    }

    private static void Fill<T>(Span<T> destination, ulong seed, int input, Func<float, T> convert)
    {
        for (var index = 0; index < destination.Length; index++)
        {
            destination[index] = convert(Element(seed, input, index));
        }
    }
}

using System.Buffers;
using System.Runtime.InteropServices;

namespace EdgeBench.Models.Quantization;

/// <summary>Constants in fewer bits, made from the floats while the file is written, so that weights are not held twice.</summary>
internal static class QuantizedConstant
{
    private const int AtOnce = 1 << 14;

    /// <summary>Writes 16-bit floats, rounded to the nearest, ties to even.</summary>
    public static void WriteFloat16(FloatConstant constant, Stream stream) =>
        Write<Half>(constant, stream, (values, _, halves) => Narrow(values, halves));

    /// <summary>Writes 8-bit integers: the nearest, ties away from 0.</summary>
    /// <param name="constant">The values.</param>
    /// <param name="scale">What the integers mean.</param>
    /// <param name="stream">Where to.</param>
    public static void WriteInt8(FloatConstant constant, AffineScale scale, Stream stream)
    {
        var channels = Channels.Of(constant.Shape, scale.Axis);
        Write<sbyte>(
            constant,
            stream,
            (values, start, bytes) =>
            {
                for (var i = 0; i < values.Length; i++)
                {
                    var channel = scale.IsPerChannel ? channels.At(start + i) : 0;
                    bytes[i] = (sbyte)Math.Clamp(
                        Nearest(values[i], scale.Scales[channel]) + scale.ZeroPoints[channel], sbyte.MinValue, sbyte.MaxValue);
                }
            });
    }

    /// <summary>32-bit integers of a bias: the nearest, ties away from 0.</summary>
    /// <param name="bias">The values.</param>
    /// <param name="scale">What the integers mean.</param>
    public static int[] Int32(FloatConstant bias, AffineScale scale)
    {
        var values = bias.Read();
        var integers = new int[values.Length];
        for (var i = 0; i < integers.Length; i++)
        {
            integers[i] = (int)Math.Clamp(Nearest(values[i], scale.Scales[scale.IsPerChannel ? i : 0]), int.MinValue, int.MaxValue);
        }

        return integers;
    }

    private static double Nearest(float value, float scale) => Math.Round((double)value / scale, MidpointRounding.AwayFromZero);

    private static void Narrow(ReadOnlySpan<float> values, Span<Half> halves)
    {
        for (var i = 0; i < values.Length; i++)
        {
            halves[i] = (Half)values[i];
        }
    }

    private delegate void Conversion<T>(ReadOnlySpan<float> values, int start, Span<T> results);

    private static void Write<T>(FloatConstant constant, Stream stream, Conversion<T> convert)
        where T : unmanaged
    {
        var values = constant.Read();
        var results = ArrayPool<T>.Shared.Rent(AtOnce);
        for (var done = 0; done < values.Length; done += AtOnce)
        {
            var count = Math.Min(AtOnce, values.Length - done);
            convert(values.Slice(done, count), done, results.AsSpan(0, count));
            stream.Write(MemoryMarshal.AsBytes(results.AsSpan(0, count)));
        }

        ArrayPool<T>.Shared.Return(results);
    }
}

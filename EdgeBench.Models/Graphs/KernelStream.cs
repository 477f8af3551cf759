using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeBench.Models.Graphs;

/// <summary>Writes kernels (spatial..., channels in, channels out) with the channels out first, a few of them at a time, so that no kernel
/// is in memory twice.</summary>
internal static class KernelStream
{
    /// <summary>As many floats as a cache line holds.</summary>
    private const int ChannelsAtOnce = 16;

    /// <summary>Writes (channels out, spatial..., channels in).</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="first">The first of the channels out.</param>
    /// <param name="count">Number of them.</param>
    public static void WriteChannelsLast(Stream stream, Value kernel, int first, int count) =>
        Write(stream, kernel, first, count, (channel, _) => channel);

    /// <summary>Writes (channels out, channels in, spatial...).</summary>
    public static void WriteChannelsFirst(Stream stream, Value kernel)
    {
        var inputs = kernel.Shape[^2];
        Write(stream, kernel, 0, kernel.Shape[^1], (channel, turned) => Transpose(channel, turned, inputs));
    }

    private delegate Span<float> Order(Span<float> channel, Span<float> spare);

    private static void Write(Stream stream, Value kernel, int first, int count, Order order)
    {
        var size = (int)(kernel.Count / kernel.Shape[^1]);
        var (gathered, spare) = (ArrayPool<float>.Shared.Rent(size * ChannelsAtOnce), ArrayPool<float>.Shared.Rent(size));
        for (var done = 0; done < count; done += ChannelsAtOnce)
        {
            var width = Math.Min(count - done, ChannelsAtOnce);
            kernel.CopyChannels(first + done, width, gathered);
            for (var channel = 0; channel < width; channel++)
            {
                var values = order(gathered.AsSpan(channel * size, size), spare.AsSpan(0, size));
                stream.Write(MemoryMarshal.AsBytes(values));
            }
        }

        ArrayPool<float>.Shared.Return(gathered);
        ArrayPool<float>.Shared.Return(spare);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Span<float> Transpose(Span<float> channel, Span<float> turned, int inputs)
    {
        var places = channel.Length / inputs;
        if (places == 1)
        {
            return channel;
        }

        for (var place = 0; place < places; place++)
        {
            for (var input = 0; input < inputs; input++)
            {
                turned[(input * places) + place] = channel[(place * inputs) + input];
            }
        }

        return turned;
    }
}

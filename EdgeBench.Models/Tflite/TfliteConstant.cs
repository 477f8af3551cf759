using System.Runtime.InteropServices;

namespace EdgeBench.Models.Tflite;

/// <summary>The values of a tensor in the file. Their bytes are made while they are written, so that weights are not held twice.</summary>
/// <param name="ByteCount">Number of bytes.</param>
/// <param name="Write">Writes exactly that many, little-endian.</param>
internal sealed record TfliteConstant(long ByteCount, Action<Stream> Write)
{
    /// <summary>Columns that are gathered at a time: as many floats as a cache line holds.</summary>
    private const int ColumnsAtOnce = 16;

    /// <summary>Bytes as they are.</summary>
    public static TfliteConstant Bytes(byte[] bytes) => new(bytes.LongLength, stream => stream.Write(bytes));

    /// <summary>Whole numbers of 32 bits.</summary>
    public static TfliteConstant Ints(int[] values) =>
        new(values.LongLength * sizeof(int), stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));

    /// <summary>Floats in their order.</summary>
    public static TfliteConstant Floats(float[] values) =>
        new(values.LongLength * sizeof(float), stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));

    /// <summary>Some columns of a matrix, one behind the other: kernels have the channels out last in Keras, and first in TFLite.</summary>
    /// <param name="values">The matrix, row by row.</param>
    /// <param name="columns">Number of its columns.</param>
    /// <param name="first">The first column to write.</param>
    /// <param name="count">How many to write.</param>
    public static TfliteConstant Columns(float[] values, int columns, int first, int count)
    {
        var rows = values.Length / columns;
        return new TfliteConstant((long)rows * count * sizeof(float), stream =>
        {
            var gathered = new float[rows * Math.Min(count, ColumnsAtOnce)];
            for (var done = 0; done < count; done += ColumnsAtOnce)
            {
                var width = Math.Min(count - done, ColumnsAtOnce);
                for (var row = 0; row < rows; row++)
                {
                    var source = values.AsSpan((row * columns) + first + done, width);
                    for (var column = 0; column < width; column++)
                    {
                        gathered[(column * rows) + row] = source[column];
                    }
                }

                stream.Write(MemoryMarshal.AsBytes(gathered.AsSpan(0, rows * width)));
            }
        });
    }
}

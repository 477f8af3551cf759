namespace EdgeBench.Models.Onnx;

/// <summary>Constants in the order that ONNX wants.</summary>
internal static class ChannelOrder
{
    /// <summary>(batch, spatial..., channels) to (batch, channels, spatial...).</summary>
    public static T[] ToChannelsFirst<T>(T[] values, IReadOnlyList<int> shape)
    {
        var (batch, channels) = (shape[0], shape[^1]);
        var places = values.Length / (batch * channels);
        var result = new T[values.Length];
        for (var n = 0; n < batch; n++)
        {
            Transpose<T>(values.AsSpan(n * places * channels, places * channels), result.AsSpan(n * places * channels), places, channels);
        }

        return result;
    }

    private static void Transpose<T>(ReadOnlySpan<T> source, Span<T> target, int rows, int columns)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                target[(column * rows) + row] = source[(row * columns) + column];
            }
        }
    }
}

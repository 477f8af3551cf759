namespace EdgeBench.Models.Onnx;

/// <summary>Constants in the order that ONNX wants.</summary>
internal static class ChannelOrder
{
    /// <summary>(batch, spatial..., channels) to (batch, channels, spatial...).</summary>
    public static float[] ToChannelsFirst(float[] values, IReadOnlyList<int> shape)
    {
        var (batch, channels) = (shape[0], shape[^1]);
        var places = values.Length / (batch * channels);
        var result = new float[values.Length];
        for (var n = 0; n < batch; n++)
        {
            Transpose(values.AsSpan(n * places * channels, places * channels), result.AsSpan(n * places * channels), places, channels);
        }

        return result;
    }

    private static void Transpose(ReadOnlySpan<float> source, Span<float> target, int rows, int columns)
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

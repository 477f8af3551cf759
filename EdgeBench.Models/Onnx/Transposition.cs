using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Onnx;

/// <summary>Constants in the order that ONNX wants.</summary>
internal static class Transposition
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

    /// <summary>A kernel (spatial..., in, out) to (out, in, spatial...).</summary>
    public static float[] KernelToOnnx(Value kernel)
    {
        var (inputs, outputs) = (kernel.Shape[^2], kernel.Shape[^1]);
        var places = kernel.Constant!.Length / (inputs * outputs);
        var result = new float[kernel.Constant.Length];
        for (var place = 0; place < places; place++)
        {
            for (var input = 0; input < inputs; input++)
            {
                var row = kernel.Constant.AsSpan(((place * inputs) + input) * outputs, outputs);
                for (var output = 0; output < outputs; output++)
                {
                    result[(((output * inputs) + input) * places) + place] = row[output];
                }
            }
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

using EdgeBench.Models.Tflite;

namespace EdgeBench.Models.Quantization;

/// <summary>Weights as 16-bit floats: each is widened by a DEQUANTIZE, which runtimes carry out once, and every operator stays as it
/// is.</summary>
internal static class Float16Weights
{
    /// <summary>A DEQUANTIZE and its tensor take as many bytes in the file as a constant of fewer elements saves.</summary>
    private const int FewestElements = 128;

    private const int FromFloat16 = 3;

    /// <summary>The graph with such weights.</summary>
    public static TfliteGraph Rewrite(TfliteGraph graph)
    {
        var rewriting = new TfliteRewriting(graph);
        var widened = new Dictionary<int, int>();
        foreach (var step in graph.Operators)
        {
            var layers = rewriting.LayersOf(step);
            int[] inputs = [.. step.Inputs.Select(place => place < 0 ? place : Widened(place, layers))];
            rewriting.Add(step with { Inputs = inputs }, layers);
        }

        return rewriting.ToGraph();

        int Widened(int place, IReadOnlyList<string> layers)
        {
            if (!widened.TryGetValue(place, out var wide))
            {
                widened[place] = wide = Narrow(rewriting, place, layers) ?? place;
            }

            return wide;
        }
    }

    /// <summary>The tensor that takes the place of a constant; null where it stays a 32-bit float.</summary>
    private static int? Narrow(TfliteRewriting rewriting, int place, IReadOnlyList<string> layers)
    {
        var tensor = rewriting[place];
        if (TfliteRewriting.Constant(tensor) is not { } constant || constant.Count < FewestElements || !FitsFloat16(constant.Read()))
        {
            return null;
        }

        var narrow = rewriting.Add($"{tensor.Name}/float16", tensor, TensorType.Float16, data: new TfliteConstant(
            2L * constant.Count, stream => QuantizedConstant.WriteFloat16(constant, stream)));
        var wide = rewriting.Add($"{tensor.Name}/float32", tensor, TensorType.Float32);
        rewriting.Add(
            new WrittenOperator(BuiltinOperator.Dequantize, FromFloat16, [narrow], [wide], new Dictionary<string, double>()), layers);
        return wide;
    }

    private static bool FitsFloat16(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (Math.Abs(value) > (float)Half.MaxValue)
            {
                return false;
            }
        }

        return true;
    }
}

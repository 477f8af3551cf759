using EdgeBench.Models.Graphs;
using Options = System.Collections.Generic.Dictionary<string, double>;

namespace EdgeBench.Models.Tflite;

/// <summary>Images at other sizes, over height and width.</summary>
internal static class ResamplingEmitter
{
    public static void Emit(TfliteGraphBuilder builder, Operator step, Resampling resampling)
    {
        const int WithHalfPixelCenters = 3;
        builder.Compute(
            step.Output,
            resampling.Interpolation == Interpolation.Nearest ? BuiltinOperator.ResizeNearestNeighbor : BuiltinOperator.ResizeBilinear,
            [builder.Tensor(step.Input), builder.Wholes("size", [2], [.. step.Output.Shape.Skip(1).SkipLast(1)])],
            new Options { ["halfPixelCenters"] = resampling.HalfPixelCenters ? 1 : 0 },
            resampling.HalfPixelCenters ? WithHalfPixelCenters : 1);
    }
}

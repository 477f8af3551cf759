using EdgeBench.Models.Graphs;
using static EdgeBench.Models.Onnx.OnnxGraphBuilder;

namespace EdgeBench.Models.Onnx;

/// <summary>Images at other sizes.</summary>
internal static class ResamplingEmitter
{
    /// <summary>Resize rounds positions in its own way. What is nearest is gathered by places that were computed as TensorFlow does, but
    /// where every element is repeated as often.</summary>
    public static void Emit(OnnxGraphBuilder builder, Operator step, Resampling resampling)
    {
        var image = builder.Tensor(step.Input, Layout.ChannelsFirst);
        int[] axes = [.. Enumerable.Range(1, step.Input.Rank - 2).Where(axis => step.Input.Shape[axis] != step.Output.Shape[axis])];
        if (resampling.Interpolation == Interpolation.Nearest
            && axes.Any(axis => step.Output.Shape[axis] % step.Input.Shape[axis] != 0))
        {
            EmitGathers(builder, step, resampling, image, axes);
            return;
        }

        var isNearest = resampling.Interpolation == Interpolation.Nearest;
        builder.Compute(
            step.Output, Layout.ChannelsFirst, "Resize",
            [image, "", "", builder.Wholes("sizes", [.. Dimensions(step.Output, Layout.ChannelsFirst)])],
            Attribute("mode", isNearest ? "nearest" : "linear"),
            Attribute(
                "coordinate_transformation_mode", resampling.HalfPixelCenters && !isNearest ? "half_pixel" : "asymmetric"),
            Attribute("nearest_mode", "floor"));
    }

    private static void EmitGathers(OnnxGraphBuilder builder, Operator step, Resampling resampling, string image, int[] axes)
    {
        foreach (var axis in axes)
        {
            var (from, to) = (step.Input.Shape[axis], step.Output.Shape[axis]);
            var places = builder.Wholes("places", Enumerable.Range(0, to).Select(i => (long)resampling.Nearest(i, from, to)).ToArray());
            var along = Attribute("axis", Axis(axis, step.Output.Rank, Layout.ChannelsFirst));
            if (axis == axes[^1])
            {
                builder.Compute(step.Output, Layout.ChannelsFirst, "Gather", [image, places], along);
            }
            else
            {
                image = builder.Step($"{step.Output.Name}/along_{axis}", "Gather", [image, places], along);
            }
        }
    }
}

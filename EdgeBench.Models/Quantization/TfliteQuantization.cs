using EdgeBench.Models.Keras;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Models.Quantization;

/// <summary>The step between the TFLite emitter, which knows floats only, and the file.</summary>
internal static class TfliteQuantization
{
    private const string Format = "tflite";

    /// <summary>A graph in the precision that is asked for.</summary>
    /// <exception cref="ModelRefusedException">Ranges are needed, and not there.</exception>
    public static TfliteGraph Apply(TfliteGraph graph, ModelWriteOptions options)
    {
        switch (options.Precision)
        {
            case ModelPrecision.Float16:
                return Float16Weights.Rewrite(graph);
            case ModelPrecision.DynamicRange:
                return DynamicRangeWeights.Rewrite(graph);
            case ModelPrecision.Int8:
                var ranges = MeasuredRanges.Of(options, Format);
                return TfliteIntegerGraph.Write(graph, TflitePlan.Of(graph), ranges);
            default:
                return graph;
        }
    }

    /// <summary>A graph that says the ranges which the same in integers needs.</summary>
    public static (TfliteGraph Graph, RangeProbe Probe) Probe(TfliteGraph graph)
    {
        var tensors = TflitePlan.Of(graph).Measured;
        return (TfliteProbe.Write(graph, tensors), new RangeProbe(Format, [.. tensors.Select(tensor => graph.Tensors[tensor].Name)]));
    }
}

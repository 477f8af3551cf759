using EdgeBench.Models;
using EdgeBench.Models.Quantization;

namespace EdgeBench.Tests.Models.Quantization;

/// <summary>Measures ranges by the runtimes in this process.</summary>
internal static class Calibrating
{
    /// <summary>The ranges of the tensors in a model's TFLite file.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">Per input of the model, in its order: shape with the samples, and the values of all.</param>
    public static TensorRanges Tflite(Model model, params (int[] Shape, float[] Values)[] inputs)
    {
        using var stream = new MemoryStream();
        var probe = model.WriteTfliteProbe(stream, TestContext.Current.CancellationToken);
        var ranges = new TensorRanges();
        if (probe.Tensors.Count > 0)
        {
            using var session = new TfliteSession(stream.ToArray(), TfliteKernels.Xnnpack);
            Add(ranges, probe, session.Run(inputs));
        }

        return ranges;
    }

    /// <summary>The ranges of the tensors in a model's ONNX file.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">Per input of the model, in its order: shape with the samples, and the values of all.</param>
    public static TensorRanges Onnx(Model model, params (int[] Shape, float[] Values)[] inputs)
    {
        using var stream = new MemoryStream();
        var probe = model.WriteOnnxProbe(stream, TestContext.Current.CancellationToken);
        var ranges = new TensorRanges();
        if (probe.Tensors.Count > 0)
        {
            using var session = new OnnxSession(stream.ToArray());
            Add(ranges, probe, session.Run(inputs));
        }

        return ranges;
    }

    /// <summary>Samples of a model's only input, one behind the other.</summary>
    public static (int[] Shape, float[] Values) Samples(Model model, float[] values)
    {
        var sample = model.Inputs[0].Shape.Skip(1).ToArray();
        return ([values.Length / sample.Aggregate(1, (product, size) => product * size), .. sample], values);
    }

    private static void Add(TensorRanges ranges, RangeProbe probe, float[][] outputs)
    {
        foreach (var (minima, maxima) in outputs[0].Chunk(probe.Tensors.Count).Zip(outputs[1].Chunk(probe.Tensors.Count)))
        {
            ranges.Add(probe, minima, maxima);
        }
    }
}

using EdgeBench.Models;

namespace EdgeBench.Tests.Models;

/// <summary>The files that are written of a model, run in every runtime that is here.</summary>
internal static class WrittenFiles
{
    public static byte[] Onnx(Model model) => Bytes(stream => model.WriteOnnx(stream, TestContext.Current.CancellationToken));

    public static byte[] Tflite(Model model) => Bytes(stream => model.WriteTflite(stream, TestContext.Current.CancellationToken));

    public static byte[] Onnx(Model model, ModelWriteOptions options) =>
        Bytes(stream => model.WriteOnnx(stream, options, TestContext.Current.CancellationToken));

    public static byte[] Tflite(Model model, ModelWriteOptions options) =>
        Bytes(stream => model.WriteTflite(stream, options, TestContext.Current.CancellationToken));

    /// <summary>The outputs of a TFLite file by its kernels; nothing where TFLite is not here.</summary>
    public static IReadOnlyDictionary<string, float[][]> RunTflite(byte[] file, params (int[] Shape, float[] Values)[] inputs)
    {
        var outputs = new Dictionary<string, float[][]>();
        foreach (var kernels in TfliteLibrary.WhyNot is null ? Enum.GetValues<TfliteKernels>() : [])
        {
            using var session = new TfliteSession(file, kernels);
            outputs[$"TFLite {kernels}"] = session.Run(inputs);
        }

        return outputs;
    }

    /// <summary>The outputs by runtime: one array per output, the samples one behind the other.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">Per input of the model, in its order: shape with the batch, and the values of all samples.</param>
    public static IReadOnlyDictionary<string, float[][]> Run(Model model, params (int[] Shape, float[] Values)[] inputs)
    {
        var outputs = new Dictionary<string, float[][]>();
        using (var session = new OnnxSession(Onnx(model)))
        {
            outputs["ONNX Runtime"] = session.Run(inputs);
        }

        if (TfliteLibrary.WhyNot is null)
        {
            foreach (var (runtime, computed) in RunTflite(Tflite(model), inputs))
            {
                outputs[runtime] = computed;
            }
        }

        return outputs;
    }

    /// <summary>Greatest difference over all outputs, relative to the greatest expected value of each.</summary>
    public static double Difference(float[][] expected, float[][] got) =>
        expected.Length == got.Length ? expected.Zip(got, Difference).Max() : double.PositiveInfinity;

    /// <summary>Greatest difference, relative to the greatest expected value.</summary>
    public static double Difference(float[] expected, float[] got)
    {
        if (expected.Length != got.Length)
        {
            return double.PositiveInfinity;
        }

        var greatest = Math.Max(1e-6, expected.Max(Math.Abs));
        return expected.Zip(got, (a, b) => float.IsNaN(b) ? double.PositiveInfinity : Math.Abs((double)a - b)).Max() / greatest;
    }

    private static byte[] Bytes(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }
}

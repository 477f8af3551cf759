using EdgeBench.Models;

namespace EdgeBench.Tests.Models.Quantization;

/// <summary>The files of a model in one precision, run in every runtime that is here.</summary>
internal static class PrecisionRuns
{
    /// <summary>The outputs by runtime: one array per output, the samples one behind the other.</summary>
    /// <param name="model">The model.</param>
    /// <param name="precision">The precision.</param>
    /// <param name="samples">What to measure ranges with.</param>
    /// <param name="inputs">What to feed.</param>
    public static IReadOnlyDictionary<string, float[][]> Of(
        Model model, ModelPrecision precision, (int[] Shape, float[] Values)[] samples, (int[] Shape, float[] Values)[] inputs)
    {
        var runs = new Dictionary<string, float[][]>();
        var options = new ModelWriteOptions { Precision = precision };
        var isInt8 = precision == ModelPrecision.Int8;
        if (TfliteLibrary.WhyNot is null)
        {
            var file = WrittenFiles.Tflite(model, options with { Ranges = isInt8 ? Calibrating.Tflite(model, samples) : null });
            runs = new(WrittenFiles.RunTflite(file, inputs));
        }

        if (precision is ModelPrecision.Float32 or ModelPrecision.Int8)
        {
            var file = WrittenFiles.Onnx(model, options with { Ranges = isInt8 ? Calibrating.Onnx(model, samples) : null });
            using var session = new OnnxSession(file);
            runs["ONNX Runtime"] = session.Run(inputs);
        }

        return runs;
    }
}

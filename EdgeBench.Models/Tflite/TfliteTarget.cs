using EdgeBench.Models.Keras;
using EdgeBench.Models.Passes;
using EdgeBench.Models.Quantization;

namespace EdgeBench.Models.Tflite;

/// <summary>Writes a model as TFLite.</summary>
internal static class TfliteTarget
{
    /// <summary>Writes to a stream.</summary>
    /// <exception cref="ModelRefusedException">TFLite cannot express it. Nothing was written.</exception>
    public static ConversionReport Write(
        ModelContent content, ModelWriteOptions options, Stream stream, CancellationToken cancellationToken)
    {
        switch (content)
        {
            case ModelContent.Onnx:
                const string Reason = "is an ONNX file, which is not turned into TFLite; give the Keras model that it was made from, or "
                    + "choose a runtime that takes ONNX";
                throw new ModelRefusedException([new ModelProblem(null, null, Reason)]);
            case ModelContent.Tflite when options.Precision != ModelPrecision.Float32:
                throw new ModelRefusedException([new ModelProblem(null, null, FinishedFile.OtherPrecision(options.Precision))]);
            case ModelContent.Tflite tflite:
                stream.Write(tflite.Bytes);
                return new ConversionReport([], tflite.Operators, tflite.Bytes.LongLength);
            case ModelContent.Layers layers:
                var (graph, passes) = GraphPasses.Run(GraphPasses.Tflite, layers, options.Precision, cancellationToken);
                var written = TfliteQuantization.Apply(TfliteEmitter.Emit(graph), options);
                var bytes = TfliteFile.Write(stream, written, cancellationToken);
                return new ConversionReport(passes, written.Operators.Count, bytes);
            default:
                throw new NotSupportedException($"no TFLite form of {content.GetType().Name}");
        }
    }

    /// <summary>Writes the file that says the ranges which the model needs in 8-bit integers.</summary>
    /// <exception cref="ModelRefusedException">TFLite cannot express the model, or it is a finished file.</exception>
    public static RangeProbe WriteProbe(ModelContent content, Stream stream, CancellationToken cancellationToken)
    {
        if (content is not ModelContent.Layers layers)
        {
            throw new ModelRefusedException([new ModelProblem(null, null, FinishedFile.OtherPrecision(ModelPrecision.Int8))]);
        }

        var (graph, _) = GraphPasses.Run(GraphPasses.Tflite, layers, ModelPrecision.Float32, cancellationToken);
        var (written, probe) = TfliteQuantization.Probe(TfliteEmitter.Emit(graph));
        TfliteFile.Write(stream, written, cancellationToken);
        return probe;
    }
}

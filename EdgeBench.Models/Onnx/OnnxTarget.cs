using EdgeBench.Models.Keras;
using EdgeBench.Models.Passes;
using EdgeBench.Models.Quantization;

namespace EdgeBench.Models.Onnx;

/// <summary>Writes a model as ONNX.</summary>
internal static class OnnxTarget
{
    /// <summary>Writes to a stream.</summary>
    /// <exception cref="ModelRefusedException">It is given in a form that is not turned into ONNX. Nothing was written.</exception>
    public static ConversionReport Write(
        ModelContent content, ModelWriteOptions options, Stream stream, CancellationToken cancellationToken)
    {
        switch (content)
        {
            case ModelContent.Onnx when options.Precision != ModelPrecision.Float32:
                throw new ModelRefusedException([new ModelProblem(null, null, FinishedFile.OtherPrecision(options.Precision))]);
            case ModelContent.Onnx onnx:
                stream.Write(onnx.Bytes);
                return new ConversionReport([], onnx.Nodes, onnx.Bytes.LongLength);
            case ModelContent.Tflite:
                const string Reason = "is a TFLite file, which is not turned into ONNX; give the Keras model that it was made from, or "
                    + "choose a runtime that takes TFLite";
                throw new ModelRefusedException([new ModelProblem(null, null, Reason)]);
            case ModelContent.Layers when options.Precision is not (ModelPrecision.Float32 or ModelPrecision.Int8):
                var reason = $"is not written as ONNX in {options.Precision.Name()}: ONNX files are fp32 or int8; choose one of them, or "
                    + "tflite";
                throw new ModelRefusedException([new ModelProblem(null, null, reason)]);
            case ModelContent.Layers layers:
                var (graph, passes) = GraphPasses.Run(GraphPasses.Onnx, layers, options.Precision, cancellationToken);
                var written = OnnxQuantization.Apply(OnnxEmitter.Emit(graph), options);
                var counting = new CountingStream(stream);
                OnnxFile.Write(counting, written, cancellationToken);
                return new ConversionReport(passes, written.Model.Graph.Node.Count, counting.Written);
            default:
                throw new NotSupportedException($"no ONNX form of {content.GetType().Name}");
        }
    }

    /// <summary>Writes the file that says the ranges which the model needs in 8-bit integers.</summary>
    /// <exception cref="ModelRefusedException">It is a finished file.</exception>
    public static RangeProbe WriteProbe(ModelContent content, Stream stream, CancellationToken cancellationToken)
    {
        if (content is not ModelContent.Layers layers)
        {
            throw new ModelRefusedException([new ModelProblem(null, null, FinishedFile.OtherPrecision(ModelPrecision.Int8))]);
        }

        var (graph, _) = GraphPasses.Run(GraphPasses.Onnx, layers, ModelPrecision.Float32, cancellationToken);
        var (written, probe) = OnnxQuantization.Probe(OnnxEmitter.Emit(graph));
        OnnxFile.Write(stream, written, cancellationToken);
        return probe;
    }
}

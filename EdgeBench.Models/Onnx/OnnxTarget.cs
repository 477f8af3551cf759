using EdgeBench.Models.Keras;
using EdgeBench.Models.Passes;

namespace EdgeBench.Models.Onnx;

/// <summary>Writes a model as ONNX.</summary>
internal static class OnnxTarget
{
    /// <summary>Writes to a stream.</summary>
    /// <exception cref="ModelRefusedException">It is given in a form that is not turned into ONNX. Nothing was written.</exception>
    public static ConversionReport Write(ModelContent content, Stream stream, CancellationToken cancellationToken)
    {
        switch (content)
        {
            case ModelContent.Onnx onnx:
                stream.Write(onnx.Bytes);
                return new ConversionReport([], onnx.Nodes, onnx.Bytes.LongLength);
            case ModelContent.Tflite:
                const string Reason = "is a TFLite file, which is not turned into ONNX; give the Keras model that it was made from, or "
                    + "choose a runtime that takes TFLite";
                throw new ModelRefusedException([new ModelProblem(null, null, Reason)]);
            case ModelContent.Layers layers:
                var (graph, passes) = GraphPasses.Run(GraphPasses.Onnx, layers, cancellationToken);
                var (model, initializers) = OnnxEmitter.Emit(graph);
                var counting = new CountingStream(stream);
                OnnxFile.Write(counting, model, initializers, cancellationToken);
                return new ConversionReport(passes, model.Graph.Node.Count, counting.Written);
            default:
                throw new NotSupportedException($"no ONNX form of {content.GetType().Name}");
        }
    }
}

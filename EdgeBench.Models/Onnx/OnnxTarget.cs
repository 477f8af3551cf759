using EdgeBench.Models.Passes;

namespace EdgeBench.Models.Onnx;

/// <summary>Writes a model to an ONNX file.</summary>
internal static class OnnxTarget
{
    /// <summary>Writes beside the file and renames, so that no half file ever bears its name.</summary>
    public static ConversionReport Write(ModelContent content, string file, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(file);
        var partial = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.partial");
        try
        {
            ConversionReport report;
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                report = Write(content, stream, cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, full, overwrite: true);
            return report;
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Writes to a stream.</summary>
    public static ConversionReport Write(ModelContent content, Stream stream, CancellationToken cancellationToken)
    {
        switch (content)
        {
            case ModelContent.Onnx onnx:
                stream.Write(onnx.Bytes);
                return new ConversionReport([], onnx.Nodes, onnx.Bytes.LongLength);
            case ModelContent.Layers layers:
                var (graph, passes) = GraphPasses.Run(layers.Graph, cancellationToken);
                var (model, initializers) = OnnxEmitter.Emit(graph);
                var counting = new CountingStream(stream);
                OnnxFile.Write(counting, model, initializers, cancellationToken);
                return new ConversionReport(passes, model.Graph.Node.Count, counting.Written);
            default:
                throw new NotSupportedException($"no ONNX form of {content.GetType().Name}");
        }
    }
}

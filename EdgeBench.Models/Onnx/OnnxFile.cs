using EdgeBench.Models.Onnx.Wire;
using Google.Protobuf;

namespace EdgeBench.Models.Onnx;

/// <summary>Writes a model file. Constants are streamed, so that the file is never in memory as a whole.</summary>
internal static class OnnxFile
{
    private const int MaximumBytes = int.MaxValue;

    /// <summary>Writes a model with its constants.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="written">The model; the file also gets its metadata.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="IOException">The model would be larger than protocol buffers allow.</exception>
    public static void Write(Stream stream, OnnxGraph written, CancellationToken cancellationToken)
    {
        var (graph, initializers) = (written.Model.Graph, written.Initializers);
        var rest = written.Model.Clone();
        rest.Graph = null;
        rest.MetadataProps.Add(new StringStringEntryProto { Key = SourceMap.Key, Value = written.Sources.ToJson() });
        var headers = initializers.Select(Header).ToList();
        long graphSize = graph.CalculateSize();
        for (var i = 0; i < headers.Count; i++)
        {
            var size = TensorSize(headers[i], initializers[i]);
            graphSize += CodedOutputStream.ComputeTagSize(GraphProto.InitializerFieldNumber) + VarintSize(size) + size;
        }

        if (graphSize + rest.CalculateSize() > MaximumBytes)
        {
            throw new IOException("the model is larger than 2 GB, which an ONNX file cannot hold");
        }

        using var output = new CodedOutputStream(stream, leaveOpen: true);
        rest.WriteTo(output);
        output.WriteTag(ModelProto.GraphFieldNumber, WireFormat.WireType.LengthDelimited);
        output.WriteLength((int)graphSize);
        graph.WriteTo(output);
        for (var i = 0; i < headers.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            output.WriteTag(GraphProto.InitializerFieldNumber, WireFormat.WireType.LengthDelimited);
            output.WriteLength((int)TensorSize(headers[i], initializers[i]));
            headers[i].WriteTo(output);
            output.WriteTag(TensorProto.RawDataFieldNumber, WireFormat.WireType.LengthDelimited);
            output.WriteLength((int)initializers[i].ByteCount);
            output.Flush();
            initializers[i].Write(stream);
        }

        output.Flush();
    }

    private static TensorProto Header(OnnxInitializer initializer) =>
        new() { Name = initializer.Name, DataType = initializer.DataType, Dims = { initializer.Dimensions } };

    private static long TensorSize(TensorProto header, OnnxInitializer initializer) =>
        header.CalculateSize() + CodedOutputStream.ComputeTagSize(TensorProto.RawDataFieldNumber)
        + VarintSize(initializer.ByteCount) + initializer.ByteCount;

    private static int VarintSize(long value) => CodedOutputStream.ComputeUInt64Size((ulong)value);
}

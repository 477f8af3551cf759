using System.Buffers.Binary;
using System.Text;
using EdgeBench.Models.Quantization;
using Google.FlatBuffers;

namespace EdgeBench.Models.Tflite;

/// <summary>
/// Writes a model file: TFLite's schema, version 3. The tables stand in front and are made in memory; the values of the tensors follow
/// behind them, each at a multiple of 16 bytes, and go straight into the stream.
/// </summary>
internal static class TfliteFile
{
    private const string Identifier = "TFL3";
    private const string SignatureKey = "serving_default";
    private const string RuntimeKey = "min_runtime_version";
    private const int RuntimeBytes = 16;
    private const int SchemaVersion = 3;
    private const int Alignment = 16;

    /// <summary>Codes from here on do not fit into the field of the first schema, which then holds this.</summary>
    private const int GreaterCode = 127;

    /// <summary>Writes a graph.</summary>
    /// <param name="stream">Where to; need not be able to seek.</param>
    /// <param name="graph">What.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>Number of bytes.</returns>
    /// <exception cref="IOException">The file would be larger than 2 GB.</exception>
    public static long Write(Stream stream, TfliteGraph graph, CancellationToken cancellationToken)
    {
        var data = new List<TfliteConstant>();
        var (tables, places) = new Tables(graph, data).Build();
        var starts = new long[data.Count];
        var end = (long)tables.Length;
        for (var i = 0; i < data.Count; i++)
        {
            // The length stands right before the values.
            starts[i] = Aligned(end + sizeof(uint));
            end = starts[i] + data[i].ByteCount;
        }

        if (end > int.MaxValue)
        {
            throw new IOException("the model is larger than 2 GB, which a TFLite file cannot hold");
        }

        for (var i = 0; i < data.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(tables.AsSpan(places[i]), (uint)(starts[i] - sizeof(uint) - places[i]));
        }

        stream.Write(tables);
        var written = (long)tables.Length;
        Span<byte> gap = stackalloc byte[Alignment + sizeof(uint)];
        for (var i = 0; i < data.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var before = gap[..(int)(starts[i] - written)];
            before.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(before[^sizeof(uint)..], (uint)data[i].ByteCount);
            stream.Write(before);
            data[i].Write(stream);
            written = starts[i] + data[i].ByteCount;
        }

        return written;
    }

    private static long Aligned(long place) => (place + Alignment - 1) / Alignment * Alignment;

    /// <summary>The tables of one file.</summary>
    private sealed class Tables(TfliteGraph graph, List<TfliteConstant> data)
    {
        private readonly FlatBufferBuilder _builder = new(1 << 16);
        private readonly List<int> _buffers = [];
        private readonly Dictionary<TfliteConstant, int> _shared = new(ReferenceEqualityComparer.Instance);

        /// <summary>Gives the bytes, and where in them the offset of each list of values is to be written.</summary>
        public (byte[] Bytes, List<int> Places) Build()
        {
            var noData = Buffer(null);
            var codes = graph.Parts.Prepend(graph).SelectMany(part => part.Operators).Select(step => (step.Code, step.Version)).Distinct()
                .ToList();
            var subgraphs = graph.Parts.Prepend(graph).Select(part => Subgraph(part, codes, noData)).ToList();
            var signature = Table((0, Named(graph.Inputs)), (1, Named(graph.Outputs)), (2, Text(SignatureKey)));
            var runtime = new byte[RuntimeBytes];
            Encoding.ASCII.GetBytes(RuntimeVersions.Oldest(codes).ToString(), runtime);
            int[] metadata = [Metadata(RuntimeKey, runtime), Metadata(SourceMap.Key, Encoding.UTF8.GetBytes(graph.Sources.ToJson()))];
            var (codeList, graphs, signatures, entries) =
                (Offsets(codes.Select(OperatorCode)), Offsets(subgraphs), Offsets([signature]), Offsets(metadata));
            var (description, buffers) = (Text("EdgeBench"), Offsets(_buffers));
            _builder.StartTable(8);
            _builder.AddInt(0, SchemaVersion, 0);
            _builder.AddOffset(1, codeList, 0);
            _builder.AddOffset(2, graphs, 0);
            _builder.AddOffset(3, description, 0);
            _builder.AddOffset(4, buffers, 0);
            _builder.AddOffset(6, entries, 0);
            _builder.AddOffset(7, signatures, 0);
            _builder.Finish(_builder.EndTable(), Identifier);
            var bytes = _builder.SizedByteArray();
            return (bytes, _buffers.Skip(1).Select(buffer => FirstField(bytes, bytes.Length - buffer)).ToList());
        }

        private int Subgraph(TfliteGraph part, List<(BuiltinOperator Code, int Version)> codes, int noData)
        {
            var tensors = Offsets(part.Tensors.Select(tensor => Tensor(tensor, noData)));
            var operators = Offsets(part.Operators.Select(step => Operator(step, codes.IndexOf((step.Code, step.Version)))));
            var (inputs, outputs) = (Ints(part.Inputs.Select(input => input.Tensor)), Ints(part.Outputs.Select(output => output.Tensor)));
            var name = Text(part.Name);
            return Table((0, tensors), (1, inputs), (2, outputs), (3, operators), (4, name));
        }

        /// <summary>Where the only field of a table lies.</summary>
        private static int FirstField(byte[] bytes, int table)
        {
            var fields = table - BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(table));
            return table + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(fields + sizeof(int)));
        }

        /// <summary>A buffer, whose values come behind the tables: the number in its field is a stand-in for the offset.</summary>
        private int Buffer(TfliteConstant? constant)
        {
            _builder.StartTable(1);
            if (constant is not null)
            {
                _builder.AddUint(0, uint.MaxValue, 0);
                data.Add(constant);
            }

            _buffers.Add(_builder.EndTable());
            return _buffers.Count - 1;
        }

        /// <summary>Tensors of several graphs may have their values in common.</summary>
        private int Shared(TfliteConstant constant)
        {
            if (!_shared.TryGetValue(constant, out var buffer))
            {
                _shared[constant] = buffer = Buffer(constant);
            }

            return buffer;
        }

        private int Tensor(WrittenTensor tensor, int noData)
        {
            var buffer = tensor.Data is { } constant ? Shared(constant) : noData;
            var name = Text(tensor.Name);
            var shape = Ints(tensor.Shape);
            var signature = tensor is { Data: null, IsVariable: false } && tensor.Shape.Count > 0 ? Ints([-1, .. tensor.Shape.Skip(1)]) : 0;
            var scale = tensor.Scale is { } meaning ? Scale(meaning) : 0;
            _builder.StartTable(9);
            _builder.AddOffset(0, shape, 0);
            _builder.AddByte(1, (byte)tensor.Type, 0);
            _builder.AddInt(2, buffer, 0);
            _builder.AddOffset(3, name, 0);
            _builder.AddOffset(4, scale, 0);
            _builder.AddBool(5, tensor.IsVariable, false);
            _builder.AddOffset(7, signature, 0);
            _builder.AddBool(8, true, false);
            return _builder.EndTable();
        }

        private int Scale(AffineScale scale)
        {
            _builder.StartVector(sizeof(float), scale.Scales.Count, sizeof(float));
            for (var i = scale.Scales.Count - 1; i >= 0; i--)
            {
                _builder.AddFloat(scale.Scales[i]);
            }

            var scales = _builder.EndVector().Value;
            _builder.StartVector(sizeof(long), scale.ZeroPoints.Count, sizeof(long));
            for (var i = scale.ZeroPoints.Count - 1; i >= 0; i--)
            {
                _builder.AddLong(scale.ZeroPoints[i]);
            }

            var zeroPoints = _builder.EndVector().Value;
            _builder.StartTable(7);
            _builder.AddOffset(2, scales, 0);
            _builder.AddOffset(3, zeroPoints, 0);
            _builder.AddInt(6, scale.Axis, 0);
            return _builder.EndTable();
        }

        private int Operator(WrittenOperator step, int code)
        {
            var (inputs, outputs) = (Ints(step.Inputs), Ints(step.Outputs));
            var schema = OperatorSchema.Of(step.Code);
            var options = schema.Type == 0 ? 0 : Options(schema, step.Options);
            _builder.StartTable(5);
            _builder.AddInt(0, code, 0);
            _builder.AddOffset(1, inputs, 0);
            _builder.AddOffset(2, outputs, 0);
            _builder.AddByte(3, schema.Type, 0);
            _builder.AddOffset(4, options, 0);
            return _builder.EndTable();
        }

        private int Options(OperatorSchema schema, IReadOnlyDictionary<string, double> options)
        {
            _builder.StartTable(schema.Fields.Count);
            for (var slot = 0; slot < schema.Fields.Count; slot++)
            {
                var field = schema.Fields[slot];
                var value = options.GetValueOrDefault(field.Name, field.Default);
                switch (field.Kind)
                {
                    case OptionKind.Int:
                        _builder.AddInt(slot, (int)value, (int)field.Default);
                        break;
                    case OptionKind.Float:
                        _builder.AddFloat(slot, (float)value, field.Default);
                        break;
                    default:
                        _builder.AddByte(slot, (byte)value, (byte)field.Default);
                        break;
                }
            }

            return _builder.EndTable();
        }

        /// <summary>Readers of the first schema know only the byte; newer ones take the greater of the two fields.</summary>
        private int OperatorCode((BuiltinOperator Code, int Version) code)
        {
            _builder.StartTable(4);
            _builder.AddByte(0, (byte)Math.Min((int)code.Code, GreaterCode), 0);
            _builder.AddInt(2, code.Version, 1);
            _builder.AddInt(3, (int)code.Code, 0);
            return _builder.EndTable();
        }

        private int Named(IReadOnlyList<(string Name, int Tensor)> tensors) => Offsets(tensors.Select(tensor =>
        {
            var name = Text(tensor.Name);
            _builder.StartTable(2);
            _builder.AddOffset(0, name, 0);
            _builder.AddInt(1, tensor.Tensor, 0);
            return _builder.EndTable();
        }));

        private int Metadata(string key, byte[] value)
        {
            var (name, buffer) = (Text(key), Buffer(TfliteConstant.Bytes(value)));
            _builder.StartTable(2);
            _builder.AddOffset(0, name, 0);
            _builder.AddInt(1, buffer, 0);
            return _builder.EndTable();
        }

        private int Table(params (int Slot, int Offset)[] fields)
        {
            _builder.StartTable(fields.Length);
            foreach (var (slot, offset) in fields)
            {
                _builder.AddOffset(slot, offset, 0);
            }

            return _builder.EndTable();
        }

        private int Text(string text) => _builder.CreateString(text).Value;

        /// <summary>Lists are written back to front; what they refer to has to be there first.</summary>
        private int Offsets(IEnumerable<int> tables)
        {
            var all = tables.ToList();
            _builder.StartVector(sizeof(int), all.Count, sizeof(int));
            for (var i = all.Count - 1; i >= 0; i--)
            {
                _builder.AddOffset(all[i]);
            }

            return _builder.EndVector().Value;
        }

        private int Ints(IEnumerable<int> values)
        {
            var all = values.ToList();
            _builder.StartVector(sizeof(int), all.Count, sizeof(int));
            for (var i = all.Count - 1; i >= 0; i--)
            {
                _builder.AddInt(all[i]);
            }

            return _builder.EndVector().Value;
        }
    }
}

using System.Globalization;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Onnx.Wire;
using Google.Protobuf;

namespace EdgeBench.Models.Onnx;

/// <summary>Order of the dimensions of a tensor in the file.</summary>
internal enum Layout
{
    /// <summary>As in the graph: batch, spatial dimensions, channels. Tensors of fewer than three dimensions have only this.</summary>
    ChannelsLast,

    /// <summary>Batch, channels, spatial dimensions: what ONNX' convolutions and poolings take.</summary>
    ChannelsFirst,
}

/// <summary>Collects nodes and constants of the file, keeps names apart, and turns a tensor into the layout an operator wants,
/// once.</summary>
internal sealed class OnnxGraphBuilder
{
    private readonly UniqueNames _names = new();
    private readonly Dictionary<(Value Value, Layout Layout), string> _tensors = [];
    private readonly Dictionary<Value, string> _outputNames = [];
    private readonly Dictionary<string, string> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<(Value Constant, string Form), string> _formed = [];
    private readonly HashSet<Value> _read;
    private IReadOnlyList<string> _sources = [];

    /// <summary>Reserves the names a caller knows.</summary>
    public OnnxGraphBuilder(Graph graph)
    {
        _read = [.. graph.Operators.SelectMany(step => step.Inputs), .. graph.Outputs.Select(output => output.Value)];
        foreach (var input in graph.Inputs)
        {
            _names.Reserve(input.Name);
            _tensors[(input.Value, Layout.ChannelsLast)] = input.Name;
        }

        foreach (var output in graph.Outputs)
        {
            _names.Reserve(output.Name);
            _outputNames.TryAdd(output.Value, output.Name);
        }
    }

    /// <summary>The nodes so far, in an order in which they can run.</summary>
    public List<NodeProto> Nodes { get; } = [];

    /// <summary>The constants so far.</summary>
    public List<OnnxInitializer> Initializers { get; } = [];

    /// <summary>The source layers of every node.</summary>
    public SourceMap Sources { get; } = new();

    /// <summary>From here on nodes come from these layers.</summary>
    public void Begin(IReadOnlyList<string> sources) => _sources = sources;

    /// <summary>Whether an operator of the graph or the caller reads a value.</summary>
    public bool IsRead(Value value) => _read.Contains(value);

    /// <summary>Whether the tensor exists in that layout without a transposition.</summary>
    public bool Has(Value value, Layout layout) => _tensors.ContainsKey((value, layout));

    /// <summary>The layout in which operators that don't care should work: channels first as soon as one of their tensors is so.</summary>
    public Layout Prevailing(IEnumerable<Value> values) =>
        values.Any(value => Has(value, Layout.ChannelsFirst) && !Has(value, Layout.ChannelsLast))
            ? Layout.ChannelsFirst
            : Layout.ChannelsLast;

    /// <summary>Name of a tensor in a layout; it is transposed where it exists only in the other one.</summary>
    public string Tensor(Value value, Layout layout)
    {
        if (value.Rank < 3)
        {
            layout = Layout.ChannelsLast;
        }

        if (_tensors.TryGetValue((value, layout), out var name))
        {
            return name;
        }

        if (value.IsConstant)
        {
            return _tensors[(value, layout)] = Add(value, layout);
        }

        var other = layout == Layout.ChannelsFirst ? Layout.ChannelsLast : Layout.ChannelsFirst;
        var source = _tensors[(value, other)];
        name = OutputName(value, layout);
        var order = Order(value.Rank, layout == Layout.ChannelsFirst);
        if (IsSameInMemory(value))
        {
            Add("Reshape", [source, Wholes("shape", [.. Dimensions(value, layout)])], name);
        }
        else
        {
            Add("Transpose", [source], name, Attribute("perm", order));
        }

        _tensors[(value, layout)] = name;
        return name;
    }

    /// <summary>Whether both layouts of a tensor hold the same bytes, so that a reshape does for a transposition.</summary>
    public static bool IsSameInMemory(Value value) => value.Shape[^1] == 1 || value.Shape.Skip(1).SkipLast(1).All(size => size == 1);

    /// <summary>Shape of a tensor in a layout.</summary>
    public static IEnumerable<long> Dimensions(Value value, Layout layout) => layout == Layout.ChannelsFirst && value.Rank >= 3
        ? Order(value.Rank, toChannelsFirst: true).Select(axis => (long)value.Shape[(int)axis])
        : value.Shape.Select(size => (long)size);

    /// <summary>An axis of the graph in a layout.</summary>
    public static long Axis(int axis, int rank, Layout layout) => layout == Layout.ChannelsLast || rank < 3 || axis == 0 ? axis
        : axis == rank - 1 ? 1
        : axis + 1;

    /// <summary>Adds the node that computes a value, and gives the tensor's name.</summary>
    public string Compute(Value value, Layout layout, string type, IEnumerable<string> inputs, params AttributeProto[] attributes)
    {
        if (value.Rank < 3)
        {
            layout = Layout.ChannelsLast;
        }

        var name = OutputName(value, layout);
        Add(type, inputs, name, attributes);
        _tensors[(value, layout)] = name;
        return name;
    }

    /// <summary>Adds a node that computes several values.</summary>
    public void ComputeAll(
        IReadOnlyList<Value> values, Layout layout, string type, IEnumerable<string> inputs, params AttributeProto[] attributes)
    {
        var layouts = values.Select(value => value.Rank < 3 ? Layout.ChannelsLast : layout).ToList();
        string[] names = [.. values.Zip(layouts, OutputName)];
        Add(type, inputs, names, attributes);
        for (var i = 0; i < names.Length; i++)
        {
            _tensors[(values[i], layouts[i])] = names[i];
        }
    }

    /// <summary>Says that a value lies in a tensor that is there already.</summary>
    public void Alias(Value value, Layout layout, string tensor) => _tensors[(value, layout)] = tensor;

    /// <summary>Adds a node whose result only the next nodes read, and gives the tensor's name.</summary>
    public string Step(string role, string type, IEnumerable<string> inputs, params AttributeProto[] attributes) =>
        Steps([role], type, inputs, attributes)[0];

    /// <summary>Adds a node with several results that only the next nodes read, and gives their names.</summary>
    public string[] Steps(IEnumerable<string> roles, string type, IEnumerable<string> inputs, params AttributeProto[] attributes)
    {
        string[] names = [.. roles.Select(_names.Take)];
        Add(type, inputs, names, attributes);
        return names;
    }

    /// <summary>Gives an output its name where the tensor could not be computed under it: an input passed on, or one value under two
    /// names.</summary>
    public void Finish(GraphTensor output)
    {
        var name = Tensor(output.Value, Layout.ChannelsLast);
        if (name != output.Name)
        {
            Add("Identity", [name], output.Name);
        }
    }

    /// <summary>A constant of the graph as it is.</summary>
    public string Constant(Value constant) => Tensor(constant, Layout.ChannelsLast);

    /// <summary>A tensor that meets others element by element: a constant gets their rank.</summary>
    /// <param name="value">The tensor.</param>
    /// <param name="rank">Number of dimensions of what it meets.</param>
    /// <param name="layout">Their layout.</param>
    public string Operand(Value value, int rank, Layout layout) => value.IsConstant && value.Rank > 0 && value.Rank < rank
        ? Tensor(value.Reshaped([.. Enumerable.Repeat(1, rank - value.Rank), .. value.Shape]), layout)
        : Tensor(value, layout);

    /// <summary>A constant of floats.</summary>
    /// <param name="name">Name to begin with.</param>
    /// <param name="dimensions">Shape in the file.</param>
    /// <param name="values">Gives the values when they are written.</param>
    public string Floats(string name, IEnumerable<long> dimensions, Func<float[]> values)
    {
        var unique = _names.Take(name);
        Initializers.Add(OnnxInitializer.Floats(unique, dimensions.ToList(), values));
        return unique;
    }

    /// <summary>A constant in a form of an operator's own; the same constant in the same form is in the file once.</summary>
    /// <param name="constant">The constant.</param>
    /// <param name="form">What the form is called.</param>
    /// <param name="dimensions">Shape in the file.</param>
    /// <param name="values">Gives the values when they are written.</param>
    public string Formed(Value constant, string form, IEnumerable<long> dimensions, Func<float[]> values)
    {
        if (!_formed.TryGetValue((constant, form), out var name))
        {
            _formed[(constant, form)] = name = Floats(constant.Name, dimensions, values);
        }

        return name;
    }

    /// <summary>A kernel with the channels first, as ONNX has them.</summary>
    public string Kernel(Value kernel, IReadOnlyList<long> dimensions)
    {
        var unique = _names.Take(kernel.Name);
        Initializers.Add(OnnxInitializer.Kernel(unique, dimensions, kernel));
        return unique;
    }

    /// <summary>A constant that is one float and has no dimensions; equal ones share a tensor.</summary>
    public string Scalar(double value)
    {
        var single = (float)value;
        var key = string.Create(CultureInfo.InvariantCulture, $"scalar:{BitConverter.SingleToInt32Bits(single)}");
        if (!_constants.TryGetValue(key, out var name))
        {
            _constants[key] = name = Floats(string.Create(CultureInfo.InvariantCulture, $"constant/{single:R}"), [], () => [single]);
        }

        return name;
    }

    /// <summary>A constant list of whole numbers; equal ones share a tensor.</summary>
    public string Wholes(string role, long[] values)
    {
        var key = $"{role}:{string.Join(',', values)}";
        if (!_constants.TryGetValue(key, out var name))
        {
            name = _names.Take($"constant/{role}_{string.Join('_', values)}");
            _constants[key] = name;
            Initializers.Add(OnnxInitializer.Wholes(name, values));
        }

        return name;
    }

    /// <summary>An attribute that is a whole number.</summary>
    public static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    /// <summary>An attribute that is a number.</summary>
    public static AttributeProto Attribute(string name, double value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = (float)value };

    /// <summary>An attribute that is a text.</summary>
    public static AttributeProto Attribute(string name, string value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    /// <summary>An attribute that is a list of texts.</summary>
    public static AttributeProto Attribute(string name, IEnumerable<string> values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Strings, Strings = { values.Select(ByteString.CopyFromUtf8) } };

    /// <summary>An attribute that is a list of numbers.</summary>
    public static AttributeProto Attribute(string name, IEnumerable<double> values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Floats, Floats = { values.Select(value => (float)value) } };

    /// <summary>An attribute that is a list of whole numbers.</summary>
    public static AttributeProto Attribute(string name, IEnumerable<long> values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    /// <summary>The dimension of a layout that stands at each place of the other one.</summary>
    public static long[] Order(int rank, bool toChannelsFirst) => toChannelsFirst
        ? [0, rank - 1, .. Enumerable.Range(1, rank - 2).Select(axis => (long)axis)]
        : [0, .. Enumerable.Range(2, rank - 2).Select(axis => (long)axis), 1];

    private string Add(Value constant, Layout layout)
    {
        if (constant is { Rank: 0, Type: ElementType.Float32 })
        {
            return Scalar(constant.Constant![0]);
        }

        var turns = layout == Layout.ChannelsFirst && !IsSameInMemory(constant);
        if (constant.Type == ElementType.Float32)
        {
            return Floats(
                constant.Name, Dimensions(constant, layout),
                () => turns ? ChannelOrder.ToChannelsFirst(constant.Constant!, constant.Shape) : constant.Constant!);
        }

        var turned = turns
            ? Value.Of(constant.Name, constant.Shape, constant.Type, ChannelOrder.ToChannelsFirst(constant.Exact(), constant.Shape))
            : constant;
        var name = _names.Take(constant.Name);
        Initializers.Add(OnnxInitializer.Wholes(name, [.. Dimensions(constant, layout)], turned));
        return name;
    }

    private string OutputName(Value value, Layout layout) =>
        layout == Layout.ChannelsLast && _outputNames.TryGetValue(value, out var name) ? name : _names.Take(value.Name);

    private void Add(string type, IEnumerable<string> inputs, string output, params AttributeProto[] attributes) =>
        Add(type, inputs, [output], attributes);

    private void Add(string type, IEnumerable<string> inputs, string[] outputs, params AttributeProto[] attributes)
    {
        // Nodes are called by what they compute first: that name is unique, and ONNX Runtime refuses two nodes of one name.
        Nodes.Add(new NodeProto { OpType = type, Name = outputs[0], Input = { inputs }, Output = { outputs }, Attribute = { attributes } });
        Sources.Add(outputs[0], _sources);
    }
}

using System.Globalization;
using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Tflite;

/// <summary>Collects tensors and operators of the file, and keeps names apart. Tensors are referred to by their places.</summary>
internal sealed class TfliteGraphBuilder
{
    private readonly UniqueNames _names;
    private readonly Dictionary<Value, int> _tensors = [];
    private readonly Dictionary<Value, string> _outputNames = [];
    private readonly Dictionary<string, int> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Hash, string Form), List<(Value Constant, int Place)>> _contents = [];
    private readonly List<WrittenTensor> _written = [];
    private readonly List<WrittenOperator> _operators = [];
    private readonly List<(string Name, int Tensor)> _outputs = [];
    private readonly SourceMap _sources;
    private readonly List<(Graph Graph, TfliteGraph Written)> _parts;
    private readonly Dictionary<(Value Constant, string Form), TfliteConstant> _data;
    private readonly Graph _graph;
    private readonly HashSet<Value> _read;
    private IReadOnlyList<string> _layers = [];

    /// <summary>Reserves the names a caller knows.</summary>
    public TfliteGraphBuilder(Graph graph)
        : this(graph, null)
    {
    }

    /// <summary>A graph that an operator of another one runs: the two have their names, sources and weights in common.</summary>
    private TfliteGraphBuilder(Graph graph, TfliteGraphBuilder? outer)
    {
        _names = outer?._names ?? new();
        _sources = outer?._sources ?? new();
        _parts = outer?._parts ?? [];
        _data = outer?._data ?? [];
        _graph = graph;
        _read = [.. graph.Operators.SelectMany(step => step.Inputs), .. graph.Outputs.Select(output => output.Value)];
        foreach (var output in graph.Outputs.Where(_ => outer is null))
        {
            _names.Reserve(output.Name);
            _outputNames.TryAdd(output.Value, output.Name);
        }

        foreach (var input in graph.Inputs)
        {
            _tensors[input.Value] = Add(_names.Take(input.Name), TensorTypes.Of(input.Value.Type), input.Value.Shape, null);
        }
    }

    /// <summary>From here on operators come from these layers.</summary>
    public void Begin(IReadOnlyList<string> layers) => _layers = layers;

    /// <summary>Whether an operator of the graph or the caller reads a value.</summary>
    public bool IsRead(Value value) => _read.Contains(value);

    /// <summary>A tensor that an operator keeps its state in.</summary>
    public int Variable(string role, IReadOnlyList<int> shape)
    {
        _written.Add(new WrittenTensor(_names.Take(role), TensorType.Float32, shape, null, IsVariable: true));
        return _written.Count - 1;
    }

    /// <summary>A tensor of the graph; the values of constants as they stand.</summary>
    public int Tensor(Value value)
    {
        if (_tensors.TryGetValue(value, out var place))
        {
            return place;
        }

        return _tensors[value] = value switch
        {
            { IsConstant: false } => throw new InvalidOperationException($"{value} is read before it is computed"),
            { Rank: 0, Type: ElementType.Float32 } => Scalar(value.Constant![0]),
            _ => Reshaped(value, value.Shape),
        };
    }

    /// <summary>A constant under another shape.</summary>
    public int Reshaped(Value constant, IReadOnlyList<int> shape) =>
        Content(constant, TensorShape.Text(shape), shape, TfliteConstant.Of(constant));

    /// <summary>Some channels out of a kernel that has them last, with these first.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="shape">Shape in the file.</param>
    /// <param name="first">The first channel.</param>
    public int Kernel(Value kernel, IReadOnlyList<int> shape, int first = 0) => Content(
        kernel,
        string.Create(CultureInfo.InvariantCulture, $"{TensorShape.Text(shape)} from column {first} of {kernel.Shape[^1]}"),
        shape,
        TfliteConstant.Kernel(kernel, first, shape[0]));

    /// <summary>Zeros; equal ones share a tensor.</summary>
    public int Zeros(int count) => Shared(
        string.Create(CultureInfo.InvariantCulture, $"constant/zeros_{count}"),
        name => Add(name, TensorType.Float32, [count], TfliteConstant.Floats(new float[count])));

    /// <summary>A constant that is one float and has no dimensions; equal ones share a tensor.</summary>
    public int Scalar(double value) => Shared(
        string.Create(CultureInfo.InvariantCulture, $"constant/{(float)value:R}"),
        name => Add(name, TensorType.Float32, [], TfliteConstant.Floats([(float)value])));

    /// <summary>A constant that is one whole number and has no dimensions; equal ones share a tensor.</summary>
    public int Whole(int value) => Shared(
        string.Create(CultureInfo.InvariantCulture, $"constant/whole_{value}"),
        name => Add(name, TensorType.Int32, [], TfliteConstant.Ints([value])));

    /// <summary>A constant of whole numbers; equal ones share a tensor.</summary>
    public int Wholes(string role, IReadOnlyList<int> shape, params int[] values) => Shared(
        $"constant/{role}_{string.Join('_', values)}",
        name => Add(name, TensorType.Int32, shape, TfliteConstant.Ints(values)));

    /// <summary>Adds the operator that computes a value.</summary>
    public void Compute(
        Value value, BuiltinOperator code, IReadOnlyList<int> inputs, IReadOnlyDictionary<string, double>? options = null, int version = 1) =>
        Add(code, inputs, [Computed(value)], options, version);

    /// <summary>Adds the operator that computes several values.</summary>
    public void ComputeAll(
        IEnumerable<Value> values, BuiltinOperator code, IReadOnlyList<int> inputs, IReadOnlyDictionary<string, double>? options = null,
        int version = 1) => Add(code, inputs, [.. values.Select(Computed)], options, version);

    /// <summary>Adds an operator whose result only the next ones read, and gives its tensor.</summary>
    public int Step(
        string role, IReadOnlyList<int> shape, BuiltinOperator code, IReadOnlyList<int> inputs,
        IReadOnlyDictionary<string, double>? options = null, int version = 1, TensorType type = TensorType.Float32) =>
        Steps([(role, shape)], code, inputs, options, version, type)[0];

    /// <summary>Adds an operator with several results that only the next ones read, and gives its tensors.</summary>
    public int[] Steps(
        IEnumerable<(string Role, IReadOnlyList<int> Shape)> outputs, BuiltinOperator code, IReadOnlyList<int> inputs,
        IReadOnlyDictionary<string, double>? options = null, int version = 1, TensorType type = TensorType.Float32)
    {
        int[] places = [.. outputs.Select(output => Add(_names.Take(output.Role), type, output.Shape, null))];
        Add(code, inputs, places, options, version);
        return places;
    }

    /// <summary>Shape of a tensor.</summary>
    public IReadOnlyList<int> ShapeOf(int tensor) => _written[tensor].Shape;

    /// <summary>A hole where a value could not be computed, so that what reads it can be looked at all the same.</summary>
    public void Leave(Value value) => _tensors.TryAdd(value, Add(_names.Take(value.Name), TensorTypes.Of(value.Type), value.Shape, null));

    /// <summary>Gives an output its place and name. An input passed on, or one value under two names, is copied: runtimes bind memory to
    /// inputs and outputs, and each wants its own.</summary>
    public void Finish(GraphTensor output)
    {
        var place = Tensor(output.Value);
        if (_written[place].Name != output.Name || _outputs.Exists(other => other.Tensor == place))
        {
            var shape = Wholes("shape", [output.Value.Rank], [-1, .. output.Value.Shape.Skip(1)]);
            var copy = Add(output.Name, TensorTypes.Of(output.Value.Type), output.Value.Shape, null);
            Add(BuiltinOperator.Reshape, [place, shape], [copy], null, 1);
            place = copy;
        }

        _outputs.Add((output.Name, place));
    }

    /// <summary>Writes a graph that an operator runs, once, and gives its number.</summary>
    public int Part(Graph graph)
    {
        var known = _parts.FindIndex(part => ReferenceEquals(part.Graph, graph));
        if (known < 0)
        {
            var builder = new TfliteGraphBuilder(graph, this);
            TfliteEmitter.EmitOperators(builder, graph);
            builder._outputs.AddRange(graph.Outputs.Select(output => (output.Name, builder.Tensor(output.Value))));
            _parts.Add((graph, builder.ToGraph()));
            known = _parts.Count - 1;
        }

        return 1 + known;
    }

    /// <summary>What was collected.</summary>
    public TfliteGraph ToGraph() => new(
        _graph.Name.Length == 0 ? "main" : _graph.Name, _written, _operators,
        [.. _graph.Inputs.Select(input => (input.Name, _tensors[input.Value]))], _outputs, _sources)
    {
        Parts = [.. _parts.Select(part => part.Written)],
    };

    private int Computed(Value value) => _tensors[value] =
        Add(_outputNames.GetValueOrDefault(value) ?? _names.Take(value.Name), TensorTypes.Of(value.Type), value.Shape, null);

    private int Add(string name, TensorType type, IReadOnlyList<int> shape, TfliteConstant? data)
    {
        _written.Add(new WrittenTensor(name, type, shape, data));
        return _written.Count - 1;
    }

    private void Add(
        BuiltinOperator code, IReadOnlyList<int> inputs, int[] outputs, IReadOnlyDictionary<string, double>? options,
        int version)
    {
        _operators.Add(new WrittenOperator(code, version, inputs, outputs, options ?? new Dictionary<string, double>()));
        _sources.Add(_written[outputs[0]].Name, _layers);
    }

    /// <summary>Equal values in the same form are in the file once: those of a layer that is called several times.</summary>
    private int Content(Value constant, string form, IReadOnlyList<int> shape, TfliteConstant data)
    {
        var key = (constant.ContentHash(), form);
        if (!_contents.TryGetValue(key, out var known))
        {
            _contents[key] = known = [];
        }

        foreach (var (other, place) in known)
        {
            if (constant.HasContentOf(other))
            {
                return place;
            }
        }

        // What another graph of the file has too has one place in the file.
        if (!_data.TryGetValue((constant, form), out var shared))
        {
            _data[(constant, form)] = shared = data;
        }

        var added = Add(_names.Take(constant.Name), TensorTypes.Of(constant.Type), shape, shared);
        known.Add((constant, added));
        return added;
    }

    private int Shared(string key, Func<string, int> make)
    {
        if (!_constants.TryGetValue(key, out var place))
        {
            _constants[key] = place = make(_names.Take(key));
        }

        return place;
    }
}

using EdgeBench.Models.Tflite;

namespace EdgeBench.Models.Quantization;

/// <summary>A TFLite graph while its numbers change: operators are taken over one by one, with others before and behind them. Tensors are
/// referred to by their places; those of the former graph keep theirs until the end.</summary>
internal sealed class TfliteRewriting
{
    private readonly TfliteGraph _graph;
    private readonly List<WrittenTensor> _tensors;
    private readonly List<WrittenOperator> _operators = [];
    private readonly SourceMap _sources = new();
    private readonly UniqueNames _names = new();

    /// <summary>Begins with all tensors and no operator.</summary>
    public TfliteRewriting(TfliteGraph graph)
    {
        _graph = graph;
        _tensors = [.. graph.Tensors];
        _tensors.ForEach(tensor => _names.Reserve(tensor.Name));
    }

    /// <summary>A tensor by its place.</summary>
    public WrittenTensor this[int place] => _tensors[place];

    /// <summary>Adds a tensor and gives its place.</summary>
    /// <param name="name">Name to begin with.</param>
    /// <param name="like">What it has the shape of.</param>
    /// <param name="type">Type of its elements.</param>
    /// <param name="scale">What its integers mean.</param>
    /// <param name="data">Its values; null where they are computed.</param>
    public int Add(string name, WrittenTensor like, TensorType type, AffineScale? scale = null, TfliteConstant? data = null)
    {
        _tensors.Add(new WrittenTensor(_names.Take(name), type, like.Shape, data, Scale: scale));
        return _tensors.Count - 1;
    }

    /// <summary>Adds a constant in 8-bit integers and gives its place.</summary>
    /// <param name="floats">The constant in floats.</param>
    /// <param name="scale">What the integers mean.</param>
    public int AddInt8(WrittenTensor floats, AffineScale scale)
    {
        var constant = Constant(floats)!;
        return Add(
            $"{floats.Name}/int8", floats, TensorType.Int8, scale,
            new TfliteConstant(constant.Count, stream => QuantizedConstant.WriteInt8(constant, scale, stream)));
    }

    /// <summary>A tensor as a constant of floats; null where it is something else.</summary>
    public static FloatConstant? Constant(WrittenTensor tensor) => tensor is { Type: TensorType.Float32, Data: { } data }
        ? new FloatConstant(tensor.Name, tensor.Shape, data.Write)
        : null;

    /// <summary>Adds an operator.</summary>
    /// <param name="step">The operator.</param>
    /// <param name="layers">The layers it comes from.</param>
    public void Add(WrittenOperator step, IReadOnlyList<string> layers)
    {
        _operators.Add(step);
        _sources.Add(_tensors[step.Outputs[0]].Name, layers);
    }

    /// <summary>The layers of an operator of the former graph.</summary>
    public IReadOnlyList<string> LayersOf(WrittenOperator step) => _graph.Sources.Of(_graph.Tensors[step.Outputs[0]].Name);

    /// <summary>The new graph, without the tensors that nothing refers to any more.</summary>
    public TfliteGraph ToGraph()
    {
        var used = _operators.SelectMany(step => step.Inputs.Concat(step.Outputs))
            .Concat(_graph.Inputs.Concat(_graph.Outputs).Select(end => end.Tensor)).ToHashSet();
        var kept = Enumerable.Range(0, _tensors.Count).Where(used.Contains).ToList();
        var places = kept.Select((place, index) => (place, index)).ToDictionary(pair => pair.place, pair => pair.index);
        return _graph with
        {
            Tensors = [.. kept.Select(place => _tensors[place])],
            Operators = [.. _operators.Select(step => step with { Inputs = Moved(step.Inputs), Outputs = Moved(step.Outputs) })],
            Inputs = [.. _graph.Inputs.Select(end => (end.Name, places[end.Tensor]))],
            Outputs = [.. _graph.Outputs.Select(end => (end.Name, places[end.Tensor]))],
            Sources = _sources,
        };

        int[] Moved(IReadOnlyList<int> all) => [.. all.Select(place => place < 0 ? place : places[place])];
    }
}

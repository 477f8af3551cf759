using EdgeBench.Models.Containers;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Weights;

namespace EdgeBench.Models.Lowering;

/// <summary>The graph while layers are lowered into it.</summary>
/// <param name="weights">Where the values of variables come from.</param>
/// <param name="writer">Which Keras wrote the model.</param>
internal sealed class LoweringState(IWeightSource weights, KerasWriter writer)
{
    /// <summary>What fits into one ONNX file, in values of 4 bytes.</summary>
    private const long MaximumParameters = int.MaxValue / sizeof(float);

    private readonly Dictionary<(KerasLayer Layer, int Index), Value> _variables = [];
    private readonly Dictionary<KerasLayer, long> _parameters = [];
    private readonly HashSet<(KerasLayer Layer, int Index)> _counted = [];

    private long _total;

    /// <summary>Which Keras wrote the model.</summary>
    public KerasWriter Writer => writer;

    /// <summary>The operators so far.</summary>
    public List<Operator> Operators { get; private set; } = [];

    /// <summary>The masks that go with tensors.</summary>
    public Dictionary<Value, Value> Masks { get; } = [];

    /// <summary>Path of the wrapper whose inner layers are being lowered; null outside of one.</summary>
    public string? Wrapper { get; private set; }

    /// <summary>Lowers a call of a layer inside a wrapper.</summary>
    public required Func<KerasLayer, IReadOnlyList<Value>, IReadOnlyList<Value>> LowerInner { get; init; }

    /// <summary>Operations on constants alone, which the graph here no longer has and TensorFlow's profiler counts, by path of the
    /// layer.</summary>
    public Dictionary<string, long> ConstantFlops { get; } = new(StringComparer.Ordinal);

    /// <summary>Calls a layer inside a wrapper.</summary>
    public IReadOnlyList<Value> Apply(KerasLayer inner, IReadOnlyList<Value> inputs, string wrapper)
    {
        var outer = Wrapper;
        Wrapper = wrapper;
        try
        {
            return LowerInner(inner, inputs);
        }
        finally
        {
            Wrapper = outer;
        }
    }

    /// <summary>Collects what is added meanwhile apart from the graph.</summary>
    public (T Result, IReadOnlyList<Operator> Operators) Apart<T>(Func<T> build)
    {
        var outer = Operators;
        Operators = [];
        try
        {
            return (build(), Operators);
        }
        finally
        {
            Operators = outer;
        }
    }

    /// <summary>Number of values in the variables of a layer and of those inside it.</summary>
    public long ParametersOf(KerasLayer layer) => _parameters.GetValueOrDefault(layer)
        + layer.Wrapped.Sum(ParametersOf) + (layer.Nested?.Leaves.Sum(ParametersOf) ?? 0);

    /// <summary>The variable of a layer, read once.</summary>
    public Value Variable(KerasLayer layer, LayerVariable variable)
    {
        if (!_variables.TryGetValue((layer, variable.Index), out var value))
        {
            CountVariable(layer, variable);
            value = new Value($"{layer.Path}/{variable.Name}", variable.Shape, weights.Read(layer, variable));
            _variables[(layer, variable.Index)] = value;
        }

        return value.Shape.SequenceEqual(variable.Shape)
            ? value
            : throw new LayerNotSupportedException($"it is shared by inputs that need '{variable.Name}' in different shapes");
    }

    /// <summary>Counts a variable, once per layer.</summary>
    public void CountVariable(KerasLayer layer, LayerVariable variable)
    {
        if (_counted.Add((layer, variable.Index)))
        {
            _parameters[layer] = _parameters.GetValueOrDefault(layer) + variable.Count;
            _total += variable.Count;
        }

        if (_total > MaximumParameters)
        {
            throw new ModelFileException("the model has more than 2 GB of weights, which one ONNX file cannot hold");
        }
    }
}

using System.Text.Json;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Weights;

namespace EdgeBench.Models.Lowering;

/// <summary>What a rule sees of one call of a layer, and what it does to the graph.</summary>
internal sealed class LayerContext
{
    /// <summary>Elements a tensor may have at most: what an array of floats can hold.</summary>
    private const long MaximumElements = int.MaxValue / sizeof(float);

    private readonly LoweringState _state;
    private readonly string _path;
    private readonly string _source;
    private readonly List<TensorReference> _references;
    private readonly IReadOnlyList<Value> _arguments;
    private readonly Dictionary<string, int> _variablesOfParts = new(StringComparer.Ordinal);
    private int _variables;
    private bool _movedChannels;

    /// <summary>A call of a layer.</summary>
    /// <param name="state">The graph so far.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="call">How it is called.</param>
    /// <param name="arguments">The tensors it is called with, in the order of <see cref="LayerCall.Tensors"/>.</param>
    public LayerContext(LoweringState state, KerasLayer layer, LayerCall call, IReadOnlyList<Value> arguments)
        : this(state, layer, call, arguments, state.Wrapper ?? layer.Path)
    {
    }

    private LayerContext(LoweringState state, KerasLayer layer, LayerCall call, IReadOnlyList<Value> arguments, string source)
    {
        _state = state;
        _path = layer.Path;
        _source = source;
        Layer = layer;
        Call = call;
        _references = [.. call.Tensors];
        _arguments = arguments;
        var masks = call.Keyword.GetValueOrDefault("mask")?.Tensors.Count() ?? 0;
        Inputs = masks == 0 ? arguments : [.. arguments.Where((_, i) => !IsMask(i))];

        bool IsMask(int index) => call.Keyword["mask"].Tensors.Contains(_references[index]) && index > 0;
    }

    /// <summary>The same call of a layer inside this one, whose operators count as this one's.</summary>
    public LayerContext Inside(KerasLayer inner) => new(_state, inner, Call, _arguments, _source);

    /// <summary>Calls a layer inside this one with tensors of its own; what it adds counts as this one's.</summary>
    /// <exception cref="LayerNotSupportedException">It, or one inside it, is not supported.</exception>
    public IReadOnlyList<Value> Apply(KerasLayer inner, IReadOnlyList<Value> inputs) => _state.Apply(inner, inputs, _source);

    /// <summary>Operators that are kept apart, with inputs of their own.</summary>
    /// <param name="like">Values that the inputs are like.</param>
    /// <param name="build">Adds the operators, and gives what they compute.</param>
    public Graph Part(IEnumerable<Value> like, Func<IReadOnlyList<Value>, IReadOnlyList<Value>> build)
    {
        var inputs = like.Select(value => new Value(value.Name, value.Shape, value.Type)).ToList();
        var (outputs, operators) = _state.Apart(() => build(inputs));
        return new Graph(
            _path, [.. inputs.Select(input => new GraphTensor(input.Name, input))],
            [.. outputs.Select(output => new GraphTensor(output.Name, output))], operators);
    }

    /// <summary>The mask of the first input (batch, steps): the one the layer is called with, else the one that came with the
    /// input.</summary>
    public Value? Mask => Call.Keyword.GetValueOrDefault("mask") is CallArgument.Tensor mask ? TensorOf(mask) : MaskOf(Inputs[0]);

    /// <summary>The mask that came with a tensor.</summary>
    public Value? MaskOf(Value value) => _state.Masks.GetValueOrDefault(value);

    /// <summary>Gives a tensor a mask on its way.</summary>
    public void SetMask(Value value, Value mask) => _state.Masks[value] = mask;

    /// <summary>The same call with whole numbers and truth values cast to float32.</summary>
    public LayerContext WithFloats() => Inputs.All(input => input.Type == ElementType.Float32)
        ? this
        : new(
            _state, Layer, Call,
            [.. _arguments.Select(argument => Inputs.Contains(argument) ? Cast(argument, ElementType.Float32) : argument)], _source);

    /// <summary>The layer.</summary>
    public KerasLayer Layer { get; }

    /// <summary>Its configuration.</summary>
    public LayerConfig Config => Layer.Config;

    /// <summary>How it is called.</summary>
    public LayerCall Call { get; }

    /// <summary>The tensors it is called with, in order, without a mask.</summary>
    public IReadOnlyList<Value> Inputs { get; }

    /// <summary>2 or 3: a few names mean different functions in the two.</summary>
    public int KerasGeneration => Writer.Generation;

    /// <summary>Which Keras wrote the model.</summary>
    public KerasWriter Writer => _state.Writer;

    /// <summary>The only input.</summary>
    /// <exception cref="LayerNotSupportedException">There is another number of them.</exception>
    public Value Input => Inputs.Count == 1
        ? Inputs[0]
        : throw new LayerNotSupportedException($"it is called with {Inputs.Count} tensors where one is expected");

    /// <summary>The only input, of which a rank is required.</summary>
    public Value InputOfRank(int rank) => Input.Rank == rank
        ? Input
        : throw new LayerNotSupportedException(
            $"its input has the shape {TensorShape.Text(Input.Shape)} where {rank} dimensions are expected");

    /// <summary>The same call on an image whose channels were moved to the end.</summary>
    public LayerContext WithChannelsLast(Value image)
    {
        if (MaskOf(Inputs[0]) is { } mask)
        {
            SetMask(image, mask);
        }

        return new(_state, Layer, Call, [image, .. _arguments.Skip(1)], _source) { _movedChannels = true };
    }

    /// <summary>An axis of the layer's tensors as Keras counts it, in the order that the tensors have here; null where there is none.</summary>
    public int? AxisOf(int axis, int rank) => TensorShape.Axis(axis, rank) switch
    {
        null => null,
        > 0 and var counted when _movedChannels => counted == 1 ? rank - 1 : counted - 1,
        var counted => counted,
    };

    /// <summary>An argument of the call, by its name or its place; null where it is left out or None.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="place">Its place among those without a name.</param>
    public CallArgument? Argument(string name, int place) =>
        (Call.Keyword.GetValueOrDefault(name) ?? Call.Positional.ElementAtOrDefault(place)) switch
        {
            CallArgument.Constant { Value.ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
            var argument => argument,
        };

    /// <summary>A tensor that an argument of the call is; null where it is left out or None.</summary>
    /// <exception cref="LayerNotSupportedException">It is something else.</exception>
    public Value? Tensor(string name, int place) => Argument(name, place) switch
    {
        null => null,
        CallArgument.Tensor tensor => TensorOf(tensor),
        _ => throw new LayerNotSupportedException($"its argument '{name}' is not one tensor"),
    };

    /// <summary>The tensor that an argument refers to.</summary>
    public Value TensorOf(CallArgument.Tensor argument) => _arguments[_references.IndexOf(argument.Reference)];

    /// <summary>A tensor in another type; itself where it has that type.</summary>
    public Value Cast(Value value, ElementType type) => value.Type == type ? value : Emit(new Cast(type), value.Shape, value);

    /// <summary>The next variable of the layer; every call of a shared layer gets the same one.</summary>
    /// <param name="name">Name in Keras 2's spelling.</param>
    /// <param name="shape">Shape in Keras' order.</param>
    public Value Variable(string name, params int[] shape) => VariableOf("", name, shape);

    /// <summary>The next variable, of an object inside the layer.</summary>
    /// <param name="part">The object, as <see cref="LayerVariable.Part"/> has it.</param>
    /// <param name="name">Name in Keras 2's spelling.</param>
    /// <param name="shape">Shape in Keras' order.</param>
    public Value VariableOf(string part, string name, params int[] shape) => _state.Variable(Layer, Next(part, name, Checked(shape)));

    /// <summary>Refuses a layer whose weights Keras quantised, which are others than those it has elsewhere.</summary>
    /// <exception cref="LayerNotSupportedException">They are.</exception>
    public void RefuseQuantizedWeights()
    {
        if (Config.Find("quantization_config") is not null)
        {
            throw new LayerNotSupportedException(
                "its weights are quantised by Keras, which is not supported; save the model before quantising it");
        }
    }

    /// <summary>A variable that is counted among the parameters, but that inference does not read.</summary>
    public void SkipVariable(string name, params int[] shape) => _state.CountVariable(Layer, Next("", name, shape));

    /// <summary>A constant of the layer's configuration.</summary>
    public Value Constant(string role, IReadOnlyList<int> shape, float[] values) => new($"{_path}/{role}", shape, values);

    /// <summary>A constant that was computed of the layer's variables.</summary>
    public Value Constant(string role, IReadOnlyList<int> shape, double[] values) => Value.Computed($"{_path}/{role}", shape, values);

    /// <summary>A constant of the layer's configuration that is one number.</summary>
    public Value Constant(string role, double value) => Constant(role, [], (double[])[value]);

    /// <summary>A constant of any type.</summary>
    public Value ConstantOf(string role, IReadOnlyList<int> shape, ElementType type, double[] values) =>
        Value.Of($"{_path}/{role}", shape, type, values);

    /// <summary>Counts what TensorFlow computes of the layer's constants at every inference.</summary>
    public void CountConstantFlops(long flops) => _state.ConstantFlops[_source] = flops;

    /// <summary>Adds an operator; what is computed of constants alone is a constant.</summary>
    /// <param name="operation">What it does.</param>
    /// <param name="shape">Shape of what it computes.</param>
    /// <param name="inputs">What it reads.</param>
    public Value Emit(Operation operation, IReadOnlyList<int> shape, params Value[] inputs)
    {
        if (ConstantFolding.Run(operation, inputs, Checked(shape)) is { } values)
        {
            return Value.Of(_path, shape, operation.ResultType(inputs), values);
        }

        var output = new Value(_path, Checked(shape), operation.ResultType(inputs));
        _state.Operators.Add(new Operator(operation, inputs, [output], [_source]));
        return output;
    }

    /// <summary>Adds an operator that computes several values.</summary>
    /// <param name="operation">What it does.</param>
    /// <param name="outputs">Shapes and types of what it computes.</param>
    /// <param name="inputs">What it reads.</param>
    public IReadOnlyList<Value> EmitSeveral(
        Operation operation, IReadOnlyList<(IReadOnlyList<int> Shape, ElementType Type)> outputs, params Value[] inputs)
    {
        var values = outputs.Select(output => new Value(_path, Checked(output.Shape), output.Type)).ToList();
        _state.Operators.Add(new Operator(operation, inputs, values, [_source]));
        return values;
    }

    private LayerVariable Next(string part, string name, IReadOnlyList<int> shape)
    {
        var place = _variablesOfParts.GetValueOrDefault(part);
        _variablesOfParts[part] = place + 1;
        return new LayerVariable(name, _variables++, shape) { Part = part, PartIndex = place };
    }

    private static IReadOnlyList<int> Checked(IReadOnlyList<int> shape)
    {
        long count = 1;
        foreach (var size in shape)
        {
            count = size <= 0 ? 0 : Math.Min(count * size, long.MaxValue / int.MaxValue);
        }

        return count switch
        {
            <= 0 => throw new LayerNotSupportedException(
                $"a tensor of the shape {TensorShape.Text(shape)} has no elements; its input is too small for it"),
            > MaximumElements => throw new LayerNotSupportedException($"a tensor of the shape {TensorShape.Text(shape)} is too large"),
            _ => shape,
        };
    }
}

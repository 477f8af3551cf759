using EdgeBench.Models.Onnx;
using EdgeBench.Models.Onnx.Wire;

namespace EdgeBench.Models.Quantization;

/// <summary>The tensors of an ONNX graph by numbers, and which of them are floats.</summary>
internal sealed class OnnxTensors
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly List<int> _types = [];
    private readonly Dictionary<int, OnnxInitializer> _constants = [];

    /// <summary>Looks at a graph.</summary>
    public OnnxTensors(GraphProto graph, IReadOnlyList<OnnxInitializer> initializers)
    {
        foreach (var input in graph.Input)
        {
            Add(input.Name, input.Type.TensorType.ElemType);
        }

        foreach (var initializer in initializers)
        {
            _constants[Add(initializer.Name, initializer.DataType)] = initializer;
        }

        foreach (var node in graph.Node)
        {
            for (var i = 0; i < node.Output.Count; i++)
            {
                Add(node.Output[i], TypeOf(node, i));
            }
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => _names.Count;

    /// <summary>The number of a tensor; -1 where an optional one is left out.</summary>
    public int this[string name] => name.Length == 0 ? -1 : _numbers[name];

    /// <summary>The name of a tensor.</summary>
    public string NameOf(int tensor) => _names[tensor];

    /// <summary>Whether it holds floats that are computed or fed.</summary>
    public bool IsActivation(int tensor) => tensor >= 0 && _types[tensor] == OnnxInitializer.Float && !_constants.ContainsKey(tensor);

    /// <summary>A tensor as a constant of floats; null where it is something else.</summary>
    public FloatConstant? Constant(int tensor) =>
        tensor >= 0 && _types[tensor] == OnnxInitializer.Float && _constants.TryGetValue(tensor, out var constant)
            ? new FloatConstant(constant.Name, [.. constant.Dimensions.Select(size => (int)size)], constant.Write)
            : null;

    private int Add(string name, int type)
    {
        _numbers.Add(name, _names.Count);
        _names.Add(name);
        _types.Add(type);
        return _names.Count - 1;
    }

    /// <summary>Type of a result: mostly that of the first input.</summary>
    private int TypeOf(NodeProto node, int output) => node.OpType switch
    {
        "Cast" => (int)node.Attribute.Single(attribute => attribute.Name == "to").I,
        "ArgMax" or "ArgMin" or "Shape" => OnnxInitializer.Int64,
        "TopK" when output == 1 => OnnxInitializer.Int64,
        "Greater" or "GreaterOrEqual" or "Less" or "LessOrEqual" or "Equal" or "Not" or "And" or "Or" or "Xor" or "IsNaN" or "IsInf" =>
            OnnxInitializer.Bool,
        "OneHot" => _types[this[node.Input[2]]],
        "Where" => _types[this[node.Input[1]]],
        _ => _types[this[node.Input[0]]],
    };
}

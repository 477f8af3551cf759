using EdgeBench.Models.Onnx.Wire;
using EdgeBench.Models.Quantization;

namespace EdgeBench.Tests.Models.Coverage;

/// <summary>Which nodes of an ONNX file stand between DequantizeLinear and QuantizeLinear, so that a runtime computes them in
/// integers.</summary>
internal sealed class OnnxPairs
{
    private readonly Dictionary<string, NodeProto> _makers;
    private readonly ILookup<string, NodeProto> _readers;
    private readonly HashSet<string> _constants;

    public OnnxPairs(GraphProto graph)
    {
        _makers = graph.Node.SelectMany(node => node.Output.Select(output => (output, node)))
            .ToDictionary(pair => pair.output, pair => pair.node);
        _readers = graph.Node.SelectMany(node => node.Input.Select(input => (input, node)))
            .ToLookup(pair => pair.input, pair => pair.node);
        _constants = [.. graph.Initializer.Select(initializer => initializer.Name)];
    }

    /// <summary>Whether a node is half of a pair.</summary>
    public static bool IsPair(NodeProto node) => node.OpType is "QuantizeLinear" or "DequantizeLinear";

    /// <summary>Whether a runtime computes a node in integers: by a kernel of its own, or as a bias or ReLU behind one.</summary>
    public bool IsInteger(NodeProto node) => IsRead(node) ? IsMade(node) : IsBehind(node) && IsInteger(Before(node)!);

    private bool IsRead(NodeProto node) => OnnxKernel.Of(node.OpType) is not null
        && node.Input.Where(input => input.Length > 0 && !_constants.Contains(input))
            .All(input => MakerOf(input) is { OpType: "DequantizeLinear" });

    private bool IsMade(NodeProto node) => node.Output.All(output =>
        _readers[output].ToList() is [var reader, ..] readers
        && (readers.TrueForAll(other => other.OpType == "QuantizeLinear") || (IsBehind(reader) && readers.Count == 1 && IsMade(reader))));

    /// <summary>Whether it is a bias or a ReLU, which a kernel takes in.</summary>
    private bool IsBehind(NodeProto node) => node.OpType is "Add" or "Relu" or "Clip" && Before(node) is { } before && !IsPair(before);

    private NodeProto? Before(NodeProto node) =>
        node.Input.Select(MakerOf).OfType<NodeProto>().ToList() is [var only] ? only : null;

    private NodeProto? MakerOf(string tensor) => _makers.GetValueOrDefault(tensor);
}

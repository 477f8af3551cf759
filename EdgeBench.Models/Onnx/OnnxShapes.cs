using System.Runtime.InteropServices;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Onnx.Wire;

namespace EdgeBench.Models.Onnx;

/// <summary>
/// Shapes of the tensors of an ONNX graph, as far as its operators are the usual ones. The file says them for inputs and outputs only; small
/// whole numbers are computed along, as exporters work shapes out inside the graph.
/// </summary>
internal sealed class OnnxShapes
{
    private const int Int32Type = 6;
    private const int Int64Type = 7;

    /// <summary>Longer lists of whole numbers are data, not shapes.</summary>
    private const int MaximumValues = 1024;

    private readonly Dictionary<string, int[]> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long[]> _values = new(StringComparer.Ordinal);

    private OnnxShapes()
    {
    }

    /// <summary>Works out what can be known.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputShapes">What the user says of inputs whose sizes are open, without the batch, by name.</param>
    public static OnnxShapes Infer(GraphProto graph, IReadOnlyDictionary<string, IReadOnlyList<int>> inputShapes)
    {
        var shapes = new OnnxShapes();
        foreach (var info in graph.ValueInfo.Concat(graph.Output).Where(info => Declared(info) is not null))
        {
            shapes._shapes[info.Name] = Declared(info)!;
        }

        foreach (var tensor in graph.Initializer)
        {
            shapes.Remember(tensor.Name, tensor);
        }

        foreach (var input in graph.Input.Where(input => !shapes._shapes.ContainsKey(input.Name)))
        {
            if ((inputShapes.TryGetValue(input.Name, out var said) ? [1, .. said] : Declared(input)) is { } shape)
            {
                shapes._shapes[input.Name] = shape;
            }
        }

        foreach (var node in graph.Node)
        {
            shapes.Run(node);
        }

        return shapes;
    }

    /// <summary>Shape of a tensor; null where it could not be worked out.</summary>
    public IReadOnlyList<int>? Of(string? name) => name is null ? null : _shapes.GetValueOrDefault(name);

    /// <summary>A shape without open sizes, but for the batch, which is 1.</summary>
    private static int[]? Declared(ValueInfoProto info)
    {
        if (info.Type?.TensorType?.Shape is not { } shape)
        {
            return null;
        }

        var sizes = shape.Dim.Select((size, axis) => size.DimValue is > 0 and <= int.MaxValue ? (int)size.DimValue : axis == 0 ? 1 : -1);
        return sizes.Contains(-1) ? null : [.. sizes];
    }

    private void Run(NodeProto node)
    {
        var inputs = node.Input.Select(name => _shapes.GetValueOrDefault(name)).ToArray();
        int[]?[] results;
        long[]? numbers;
        try
        {
            results = OnnxShapeRules.Of(node, inputs, Values(node));
            numbers = OnnxShapeRules.ValuesOf(node, inputs, Values(node));
        }
        catch (Exception e) when (e is IndexOutOfRangeException or OverflowException or ArgumentException or DivideByZeroException)
        {
            // A graph that contradicts itself has no shapes; the runtime will say what is wrong with it.
            return;
        }

        for (var i = 0; i < Math.Min(results.Length, node.Output.Count); i++)
        {
            if (results[i] is { } shape && Array.TrueForAll(shape, size => size > 0))
            {
                _shapes[node.Output[i]] = shape;
            }
        }

        if (node.Output.Count > 0 && numbers is { Length: <= MaximumValues } values)
        {
            _values[node.Output[0]] = values;
        }

        if (node.OpType == "Constant" && node.Tensor("value") is { } constant)
        {
            Remember(node.Output[0], constant);
        }
    }

    private long[]?[] Values(NodeProto node) => node.Input.Select(name => _values.GetValueOrDefault(name)).ToArray();

    private void Remember(string name, TensorProto tensor)
    {
        if (!tensor.Dims.All(size => size is > 0 and <= int.MaxValue))
        {
            return;
        }

        _shapes[name] = [.. tensor.Dims.Select(size => (int)size)];
        var raw = tensor.RawData.Span;
        if (TensorShape.Count(_shapes[name]) <= MaximumValues)
        {
            if (tensor.DataType == Int64Type)
            {
                _values[name] = raw.IsEmpty ? [.. tensor.Int64Data] : MemoryMarshal.Cast<byte, long>(raw).ToArray();
            }
            else if (tensor.DataType == Int32Type && !raw.IsEmpty)
            {
                _values[name] = [.. MemoryMarshal.Cast<byte, int>(raw).ToArray()];
            }
        }
    }
}

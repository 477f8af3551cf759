using System.Runtime.InteropServices;
using EdgeBench.Models.Onnx;
using EdgeBench.Models.Onnx.Wire;

namespace EdgeBench.Models.Quantization;

/// <summary>Writes an ONNX model of floats so that a runtime can compute it in 8-bit integers (QDQ): what is an integer goes through
/// QuantizeLinear and DequantizeLinear, between which every node stays what it is. A runtime replaces those with integers on both sides by
/// its own kernels.</summary>
internal sealed class OnnxIntegerGraph
{
    private const int Int8 = 3;
    private const int Int32 = 6;

    private readonly OnnxGraph _model;
    private readonly OnnxTensors _tensors;
    private readonly IntegerPlan _plan;
    private readonly Func<string, TensorRange> _ranges;
    private readonly List<NodeProto> _nodes = [];
    private readonly List<OnnxInitializer> _initializers = [];
    private readonly SourceMap _sources = new();
    private readonly Dictionary<string, string> _scaled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxInitializer> _unused;
    private readonly HashSet<string> _outputs;
    private readonly UniqueNames _names = new();
    private readonly Dictionary<(string Name, AffineScale Scale), string> _constants = [];

    private OnnxIntegerGraph(OnnxGraph model, OnnxTensors tensors, IntegerPlan plan, Func<string, TensorRange> ranges)
    {
        (_model, _tensors, _plan, _ranges) = (model, tensors, plan, ranges);
        _unused = model.Initializers.ToDictionary(initializer => initializer.Name);
        _outputs = [.. model.Model.Graph.Output.Select(output => output.Name)];
        Enumerable.Range(0, tensors.Count).Select(tensors.NameOf).ToList().ForEach(_names.Reserve);
    }

    /// <summary>The model in integers.</summary>
    /// <param name="model">The model in floats.</param>
    /// <param name="tensors">Its tensors.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="plan">The plan over both.</param>
    /// <param name="ranges">The measured range of a tensor by its name.</param>
    public static OnnxGraph Write(
        OnnxGraph model, OnnxTensors tensors, IReadOnlyList<OnnxStep> steps, IntegerPlan plan, Func<string, TensorRange> ranges) =>
        new OnnxIntegerGraph(model, tensors, plan, ranges).Write(steps);

    private OnnxGraph Write(IReadOnlyList<OnnxStep> steps)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            var layers = steps[i].Nodes.SelectMany(node => _model.Sources.Of(node.Output[0])).Distinct().ToList();
            if (_plan.IsIntegerStep(i))
            {
                AddInteger(steps[i], layers);
            }
            else
            {
                steps[i].Nodes.ToList().ForEach(node => Add(WithInputs(node, node.Input.Select(Float)), layers));
            }
        }

        var result = _model.Model.Clone();
        result.Graph.Node.Clear();
        result.Graph.Node.Add(_nodes);
        return new OnnxGraph(result, _initializers, _sources);
    }

    private void AddInteger(OnnxStep step, IReadOnlyList<string> layers)
    {
        var first = step.HasWeights(_tensors)
            ? WithInputs(step.First, WithWeights(step.First, step.Kernel!.WeightAxis!.Value, layers))
            : WithInputs(step.First, step.First.Input.Select(input => Operand(step, input, layers)));
        NodeProto[] nodes = [first, .. step.Nodes.Skip(1).Select(node => WithInputs(node, node.Input.Select(Float)))];

        // A caller reads what was an integer, so that the kernel has integers on both sides.
        var last = nodes[^1];
        var floats = step.Outputs.Select(output => _outputs.Contains(output) ? _names.Take($"{output}/float32") : output).ToList();
        last.Output.Clear();
        last.Output.Add(floats);
        last.Name = floats[0];
        Array.ForEach(nodes, node => Add(node, layers));
        foreach (var (output, computed) in step.Outputs.Zip(floats))
        {
            _scaled[output] = AddPair(computed, output, _outputs.Contains(output) ? output : _names.Take($"{output}/scaled"), layers);
        }
    }

    /// <summary>What a node of floats reads.</summary>
    private string Float(string input)
    {
        Keep(input);
        return input.Length > 0 && _plan.IsInteger(_tensors[input]) ? _scaled[input] : input;
    }

    private string Operand(OnnxStep step, string input, IReadOnlyList<string> layers)
    {
        var tensor = _tensors[input];
        if (_tensors.IsActivation(tensor))
        {
            return Scaled(input, layers);
        }

        if (_tensors.Constant(tensor) is not { } constant)
        {
            Keep(input);
            return input;
        }

        var scale = step.Kernel!.SharesScale
            ? _plan.ScaleOf(_tensors[step.Outputs[0]], RangeOf)
            : AffineScale.Spanning(TensorRange.Of(constant.Read()));
        return AddConstant(constant, scale, layers);
    }

    private List<string> WithWeights(NodeProto node, int axis, IReadOnlyList<string> layers)
    {
        var (input, kernel) = (Scaled(node.Input[0], layers), _tensors.Constant(_tensors[node.Input[1]])!);
        var bias = node.Input.Count > 2 ? _tensors.Constant(_tensors[node.Input[2]]) : null;
        var inputScale = _plan.ScaleOf(_tensors[node.Input[0]], RangeOf).Scale;
        var scale = WeightScales.Of(kernel, axis < 0 ? kernel.Shape.Count + axis : axis, bias, inputScale);
        List<string> inputs = [input, AddConstant(kernel, scale, layers)];
        if (bias is not null)
        {
            inputs.Add(AddBias(bias, AffineScale.Symmetric([.. scale.Scales.Select(own => inputScale * own)], 0), layers));
        }

        return inputs;
    }

    /// <summary>An activation that went through integers.</summary>
    private string Scaled(string tensor, IReadOnlyList<string> layers)
    {
        if (!_scaled.TryGetValue(tensor, out var scaled))
        {
            _scaled[tensor] = scaled = AddPair(tensor, tensor, _names.Take($"{tensor}/scaled"), layers);
        }

        return scaled;
    }

    private string AddPair(string floats, string tensor, string result, IReadOnlyList<string> layers)
    {
        var scale = _plan.ScaleOf(_tensors[tensor], RangeOf);
        var (scales, zeroPoints) = AddScale(tensor, scale);
        var integers = _names.Take($"{tensor}/int8");
        Add(
            new NodeProto { OpType = "QuantizeLinear", Name = integers, Input = { floats, scales, zeroPoints }, Output = { integers } },
            layers);
        Add(
            new NodeProto { OpType = "DequantizeLinear", Name = result, Input = { integers, scales, zeroPoints }, Output = { result } },
            layers);
        return result;
    }

    private string AddConstant(FloatConstant constant, AffineScale scale, IReadOnlyList<string> layers)
    {
        if (_constants.TryGetValue((constant.Name, scale), out var scaled))
        {
            return scaled;
        }

        var integers = _names.Take($"{constant.Name}/int8");
        _initializers.Add(new OnnxInitializer(
            integers, Int8, [.. constant.Shape.Select(size => (long)size)], constant.Count,
            stream => QuantizedConstant.WriteInt8(constant, scale, stream)));
        var (scales, zeroPoints) = AddScale(constant.Name, scale);
        return _constants[(constant.Name, scale)] = AddDequantize(constant.Name, [integers, scales, zeroPoints], scale, layers);
    }

    private string AddBias(FloatConstant bias, AffineScale scale, IReadOnlyList<string> layers)
    {
        var integers = _names.Take($"{bias.Name}/int32");
        _initializers.Add(new OnnxInitializer(
            integers, Int32, [bias.Count], bias.Count * (long)sizeof(int),
            stream => stream.Write(MemoryMarshal.AsBytes(QuantizedConstant.Int32(bias, scale).AsSpan()))));
        return AddDequantize(bias.Name, [integers, AddScale(bias.Name, scale).Scales], scale, layers);
    }

    private string AddDequantize(string name, IEnumerable<string> inputs, AffineScale scale, IReadOnlyList<string> layers)
    {
        var result = _names.Take($"{name}/scaled");
        var node = new NodeProto { OpType = "DequantizeLinear", Name = result, Input = { inputs }, Output = { result } };
        if (scale.IsPerChannel)
        {
            node.Attribute.Add(OnnxGraphBuilder.Attribute("axis", (long)scale.Axis));
        }

        Add(node, layers);
        return result;
    }

    private (string Scales, string ZeroPoints) AddScale(string name, AffineScale scale)
    {
        List<long> dimensions = scale.IsPerChannel ? [scale.Scales.Count] : [];
        var (scales, zeroPoints) = (_names.Take($"{name}/scale"), _names.Take($"{name}/zero_point"));
        _initializers.Add(OnnxInitializer.Floats(scales, dimensions, () => [.. scale.Scales]));
        _initializers.Add(new OnnxInitializer(
            zeroPoints, Int8, dimensions, scale.ZeroPoints.Count,
            stream => stream.Write([.. scale.ZeroPoints.Select(zeroPoint => (byte)(sbyte)zeroPoint)])));
        return (scales, zeroPoints);
    }

    private TensorRange RangeOf(int tensor) =>
        _tensors.Constant(tensor) is { } constant ? TensorRange.Of(constant.Read()) : _ranges(_tensors.NameOf(tensor));

    /// <summary>Takes a constant over as it is, where a name is one.</summary>
    private void Keep(string name)
    {
        if (_unused.Remove(name, out var initializer))
        {
            _initializers.Add(initializer);
        }
    }

    private void Add(NodeProto node, IReadOnlyList<string> layers)
    {
        _nodes.Add(node);
        _sources.Add(node.Output[0], layers);
    }

    private static NodeProto WithInputs(NodeProto node, IEnumerable<string> inputs)
    {
        var copy = node.Clone();
        copy.Input.Clear();
        copy.Input.Add(inputs);
        return copy;
    }
}

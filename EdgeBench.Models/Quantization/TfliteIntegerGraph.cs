using EdgeBench.Models.Tflite;

namespace EdgeBench.Models.Quantization;

/// <summary>Writes a TFLite graph of floats as one of 8-bit integers, by a plan and measured ranges. Inputs and outputs stay floats, and so
/// does what TFLite 2.9.0 has no integers for: between them stand QUANTIZE and DEQUANTIZE.</summary>
internal sealed class TfliteIntegerGraph
{
    private static readonly IReadOnlyDictionary<string, double> NoOptions = new Dictionary<string, double>();

    private readonly TfliteGraph _graph;
    private readonly IntegerPlan _plan;
    private readonly Func<string, TensorRange> _ranges;
    private readonly TfliteRewriting _rewriting;
    private readonly Dictionary<int, int> _integers = [];
    private readonly HashSet<int> _floats = [];
    private readonly Dictionary<(int Place, AffineScale Scale), int> _constants = [];

    private TfliteIntegerGraph(TfliteGraph graph, IntegerPlan plan, Func<string, TensorRange> ranges) =>
        (_graph, _plan, _ranges, _rewriting) = (graph, plan, ranges, new TfliteRewriting(graph));

    /// <summary>The graph in integers.</summary>
    /// <param name="graph">The graph of floats.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="ranges">The measured range of a tensor by its name.</param>
    public static TfliteGraph Write(TfliteGraph graph, IntegerPlan plan, Func<string, TensorRange> ranges) =>
        new TfliteIntegerGraph(graph, plan, ranges).Write();

    private TfliteGraph Write()
    {
        for (var i = 0; i < _graph.Operators.Count; i++)
        {
            var step = _graph.Operators[i];
            var layers = _rewriting.LayersOf(step);
            if (_plan.IsIntegerStep(i))
            {
                AddInteger(step, TfliteKernel.Of(step.Code)!, layers);
            }
            else
            {
                foreach (var input in step.Inputs)
                {
                    RequireFloat(input, layers);
                }

                _rewriting.Add(step, layers);
            }
        }

        foreach (var (_, tensor) in _graph.Outputs)
        {
            RequireFloat(tensor, LayersOfTensor(tensor));
        }

        return _rewriting.ToGraph();
    }

    private void AddInteger(WrittenOperator step, TfliteKernel kernel, IReadOnlyList<string> layers)
    {
        int[] inputs = kernel.Weights is { } weights
            ? WithWeights(step, weights, layers)
            : [.. step.Inputs.Select(input => Operand(input, step, kernel, layers))];
        var outputs = new List<int>();
        var toRescale = new List<(int From, int To)>();
        foreach (var output in step.Outputs)
        {
            var scale = ScaleOf(output);
            var place = _integers[output] = AddIntegers(output, scale);
            if (kernel.Result is { } given && given != scale)
            {
                toRescale.Add((AddIntegers(output, given), place));
                place = toRescale[^1].From;
            }

            outputs.Add(place);
        }

        _rewriting.Add(
            step with { Version = Math.Max(step.Version, kernel.Version), Inputs = inputs, Outputs = outputs }, layers);
        const int FromIntegers = 2;
        foreach (var (from, to) in toRescale)
        {
            _rewriting.Add(new WrittenOperator(BuiltinOperator.Quantize, FromIntegers, [from], [to], NoOptions), layers);
        }
    }

    private int Operand(int input, WrittenOperator step, TfliteKernel kernel, IReadOnlyList<string> layers)
    {
        if (input < 0 || _graph.Tensors[input].Type != TensorType.Float32)
        {
            return input;
        }

        if (TflitePlan.IsActivation(_graph, input))
        {
            return Integers(input, layers);
        }

        return Constant(input, kernel.SharesScale ? ScaleOf(step.Outputs[0]) : AffineScale.Spanning(RangeOf(input)));
    }

    private int[] WithWeights(WrittenOperator step, TfliteWeights weights, IReadOnlyList<string> layers)
    {
        int[] inputs = [.. step.Inputs];
        inputs[weights.Input] = Integers(inputs[weights.Input], layers);
        var inputScale = ScaleOf(step.Inputs[weights.Input]).Scale;
        var hasBias = inputs.Length > weights.Bias && inputs[weights.Bias] >= 0;
        var bias = hasBias ? TfliteRewriting.Constant(_graph.Tensors[inputs[weights.Bias]]) : null;
        var kernel = TfliteRewriting.Constant(_graph.Tensors[inputs[weights.Kernel]])!;
        var scale = WeightScales.Of(kernel, weights.Axis, bias, inputScale);
        inputs[weights.Kernel] = Constant(inputs[weights.Kernel], scale);
        if (bias is not null)
        {
            var product = AffineScale.Symmetric([.. scale.Scales.Select(own => inputScale * own)], 0);
            inputs[weights.Bias] = _rewriting.Add(
                $"{bias.Name}/int32", _graph.Tensors[step.Inputs[weights.Bias]], TensorType.Int32, product,
                TfliteConstant.Ints(QuantizedConstant.Int32(bias, product)));
        }

        return inputs;
    }

    private int Constant(int place, AffineScale scale)
    {
        if (!_constants.TryGetValue((place, scale), out var narrow))
        {
            _constants[(place, scale)] = narrow = _rewriting.AddInt8(_graph.Tensors[place], scale);
        }

        return narrow;
    }

    /// <summary>An activation as integers, which are made of floats where there are none yet.</summary>
    private int Integers(int tensor, IReadOnlyList<string> layers)
    {
        if (!_integers.TryGetValue(tensor, out var place))
        {
            _integers[tensor] = place = AddIntegers(tensor, ScaleOf(tensor));
            _rewriting.Add(new WrittenOperator(BuiltinOperator.Quantize, 1, [tensor], [place], NoOptions), layers);
        }

        return place;
    }

    private AffineScale ScaleOf(int tensor) => _plan.ScaleOf(tensor, RangeOf);

    private TensorRange RangeOf(int tensor) => TfliteRewriting.Constant(_graph.Tensors[tensor]) is { } constant
        ? TensorRange.Of(constant.Read())
        : _ranges(_graph.Tensors[tensor].Name);

    private int AddIntegers(int tensor, AffineScale scale) =>
        _rewriting.Add($"{_graph.Tensors[tensor].Name}/int8", _graph.Tensors[tensor], TensorType.Int8, scale);

    /// <summary>Sees that an activation is there as floats.</summary>
    private void RequireFloat(int tensor, IReadOnlyList<string> layers)
    {
        const int OfInt8 = 2;
        if (tensor >= 0 && _plan.IsInteger(tensor) && _floats.Add(tensor))
        {
            _rewriting.Add(new WrittenOperator(BuiltinOperator.Dequantize, OfInt8, [_integers[tensor]], [tensor], NoOptions), layers);
        }
    }

    private IReadOnlyList<string> LayersOfTensor(int tensor) =>
        _graph.Operators.FirstOrDefault(step => step.Outputs.Contains(tensor)) is { } producer ? _rewriting.LayersOf(producer) : [];
}

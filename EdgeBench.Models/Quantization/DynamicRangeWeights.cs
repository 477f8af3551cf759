using EdgeBench.Models.Tflite;

namespace EdgeBench.Models.Quantization;

/// <summary>Weights as 8-bit integers for the operators that take them beside floats: they make integers of their input while they run, by
/// the range it then has.</summary>
internal static class DynamicRangeWeights
{
    /// <summary>As in TensorFlow's converter: for fewer the scales take what the integers save.</summary>
    private const int FewestElements = 1024;

    /// <summary>The smallest kernels may stay floats as long as they have at most one in so many of all weights.</summary>
    private const int FloatShare = 50;

    private const string AsymmetricInputs = "asymmetricQuantizeInputs";

    private static readonly IReadOnlyDictionary<string, double> NoOptions = new Dictionary<string, double>();

    /// <summary>The graph with such weights.</summary>
    public static TfliteGraph Rewrite(TfliteGraph graph)
    {
        var rewriting = new TfliteRewriting(graph);
        var narrowed = new Dictionary<(int Place, int? Axis), (int Place, AffineScale Scale)>();
        var small = SmallKernels(graph);
        foreach (var step in graph.Operators)
        {
            var layers = rewriting.LayersOf(step);
            if (step.Code == BuiltinOperator.Gather)
            {
                AddGather(step, layers);
            }
            else if (Form(step) is var (axis, version) && IsLarge(step.Inputs[1]) && !small.Contains(step.Inputs[1]))
            {
                int[] inputs = [.. step.Inputs];
                inputs[1] = Narrow(inputs[1], axis).Place;
                var options = step.Options.ToDictionary();
                options[AsymmetricInputs] = 1;
                rewriting.Add(step with { Version = version, Inputs = inputs, Options = options }, layers);
            }
            else
            {
                rewriting.Add(step, layers);
            }
        }

        return rewriting.ToGraph();

        bool IsLarge(int place) => TfliteRewriting.Constant(rewriting[place]) is { Count: >= FewestElements };

        // Only the rows that are looked up become floats.
        void AddGather(WrittenOperator step, IReadOnlyList<string> layers)
        {
            const int OfInt8 = 2;
            if (!IsLarge(step.Inputs[0]))
            {
                rewriting.Add(step, layers);
                return;
            }

            var (table, scale) = Narrow(step.Inputs[0], null);
            var result = rewriting[step.Outputs[0]];
            var rows = rewriting.Add($"{result.Name}/int8", result, TensorType.Int8, scale);
            rewriting.Add(
                step with { Version = OfInt8, Inputs = [table, .. step.Inputs.Skip(1)], Outputs = [rows] }, layers);
            rewriting.Add(new WrittenOperator(BuiltinOperator.Dequantize, OfInt8, [rows], [step.Outputs[0]], NoOptions), layers);
        }

        (int Place, AffineScale Scale) Narrow(int place, int? axis)
        {
            if (!narrowed.TryGetValue((place, axis), out var narrow))
            {
                var constant = TfliteRewriting.Constant(rewriting[place])!;
                var scale = WeightScales.Of(constant, axis);
                narrow = (rewriting.AddInt8(rewriting[place], scale), scale);
                narrowed[(place, axis)] = narrow;
            }

            return narrow;
        }
    }

    /// <summary>The smallest kernels are those of the first layers, mostly: as integers they save next to nothing, and what they lose goes
    /// through all others.</summary>
    private static HashSet<int> SmallKernels(TfliteGraph graph)
    {
        var kernels = graph.Operators.Where(step => Form(step) is not null).Select(step => step.Inputs[1]).Distinct()
            .Select(place => (place, Constant: TfliteRewriting.Constant(graph.Tensors[place])))
            .Where(kernel => kernel.Constant is { Count: >= FewestElements })
            .Select(kernel => (kernel.place, Count: (long)kernel.Constant!.Count)).OrderBy(kernel => kernel.Count).ToList();
        var left = kernels.Sum(kernel => kernel.Count) / FloatShare;
        return [.. kernels.TakeWhile(kernel => (left -= kernel.Count) >= 0).Select(kernel => kernel.place)];
    }

    /// <summary>The axis of a kernel whose channels have scales of their own, null for a single scale, and the version of the operator
    /// that takes it; null where no operator does.</summary>
    private static (int? Axis, int Version)? Form(WrittenOperator step) => step.Code switch
    {
        BuiltinOperator.Conv2D => (0, 5),
        BuiltinOperator.DepthwiseConv2D => (3, 6),
        BuiltinOperator.FullyConnected => (null, 9),
        _ => null,
    };
}

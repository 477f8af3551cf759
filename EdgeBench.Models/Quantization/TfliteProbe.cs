using EdgeBench.Models.Tflite;

namespace EdgeBench.Models.Quantization;

/// <summary>A TFLite graph that computes, in place of the model's outputs, the least and the greatest value of tensors inside.</summary>
internal static class TfliteProbe
{
    private static readonly Dictionary<string, double> NoOptions = [];

    /// <summary>The graph.</summary>
    /// <param name="graph">The graph of floats.</param>
    /// <param name="tensors">Places of the tensors, at least one.</param>
    public static TfliteGraph Write(TfliteGraph graph, IReadOnlyList<int> tensors)
    {
        var written = graph.Tensors.ToList();
        var operators = graph.Operators.ToList();
        var axes = new Dictionary<int, int>();
        var minima = Packed(BuiltinOperator.ReduceMin, RangeProbe.Minima);
        var maxima = Packed(BuiltinOperator.ReduceMax, RangeProbe.Maxima);
        return graph with
        {
            Tensors = written,
            Operators = Needed(operators, [minima, maxima]),
            Outputs = [(RangeProbe.Minima, minima), (RangeProbe.Maxima, maxima)],
            Sources = new SourceMap(),
        };

        int Packed(BuiltinOperator reduction, string name)
        {
            var values = tensors.Select(tensor => Reduced(tensor, reduction, name)).ToList();
            var packed = Add(name, [values.Count], null);
            var options = new Dictionary<string, double> { ["valuesCount"] = values.Count };
            operators.Add(new WrittenOperator(BuiltinOperator.Pack, 1, values, [packed], options));
            return packed;
        }

        int Reduced(int tensor, BuiltinOperator reduction, string role)
        {
            var value = Add($"{written[tensor].Name}/{role}", [], null);
            operators.Add(new WrittenOperator(reduction, 1, [tensor, AllAxes(written[tensor].Shape.Count)], [value], NoOptions));
            return value;
        }

        int AllAxes(int rank)
        {
            if (!axes.TryGetValue(rank, out var place))
            {
                written.Add(new WrittenTensor(
                    $"{RangeProbe.Minima}/axes_{rank}", TensorType.Int32, [rank], TfliteConstant.Ints([.. Enumerable.Range(0, rank)])));
                axes[rank] = place = written.Count - 1;
            }

            return place;
        }

        int Add(string name, IReadOnlyList<int> shape, TfliteConstant? data)
        {
            written.Add(new WrittenTensor(name, TensorType.Float32, shape, data));
            return written.Count - 1;
        }
    }

    /// <summary>XNNPACK ends the process over an operator whose results nothing reads.</summary>
    private static List<WrittenOperator> Needed(List<WrittenOperator> operators, IEnumerable<int> outputs)
    {
        var read = outputs.ToHashSet();
        var needed = new List<WrittenOperator>();
        foreach (var step in Enumerable.Reverse(operators).Where(step => step.Outputs.Any(read.Contains)))
        {
            needed.Add(step);
            read.UnionWith(step.Inputs);
        }

        needed.Reverse();
        return needed;
    }
}

using EdgeBench.Models.Containers;
using EdgeBench.Models.Costs;
using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Tflite;

/// <summary>Takes a finished TFLite file as it is, and says what goes in and out.</summary>
internal static class FinishedTflite
{
    // Shapes, axes and the like are stored beside the weights.
    private static readonly HashSet<string> Positions = new(["INT32", "INT64"], StringComparer.Ordinal);

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFileException">It is damaged, or has no graph.</exception>
    public static Model Read(string path, Stream stream, CancellationToken cancellationToken)
    {
        if (stream.Length > Array.MaxLength)
        {
            throw new ModelFileException("is larger than 2 GB, which no TFLite file is");
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        cancellationToken.ThrowIfCancellationRequested();
        var model = TfliteReader.Read(bytes);
        var graph = model.Subgraphs.Count > 0 ? model.Subgraphs[0] : throw new ModelFileException(TfliteReader.Damaged);
        var operators = model.Operators.ToList();
        var signature = model.Signatures is [var only] ? only : null;
        var counted = Count(graph);
        return new Model(path, new ModelContent.Tflite(bytes, operators.Count))
        {
            Name = graph.Name.Length > 0 && graph.Name != "main" ? graph.Name : Path.GetFileNameWithoutExtension(path),
            Format = ModelFormat.Tflite,
            Inputs = Describe(graph.Inputs, signature?.Inputs),
            Outputs = Describe(graph.Outputs, signature?.Outputs),
            Layers = counted.Operators,
            Parameters = operators.SelectMany(step => step.Inputs).OfType<TfliteTensor>().Where(IsWeight)
                .Distinct(ReferenceEqualityComparer.Instance).Cast<TfliteTensor>().Sum(tensor => TensorShape.Count(tensor.Shape)),
            Macs = counted.Total?.Macs,
            FastConvolutionMacs = counted.Total?.FastMacs,
            Flops = counted.Total?.Flops,
            ProfilerFlops = counted.Total?.ProfilerFlops,
            Weights = WeightsOrigin.Stored,
            Warnings = counted.Warnings,
        };
    }

    private static CountedOperators Count(TfliteSubgraph graph)
    {
        var counted = new HashSet<TfliteTensor>(ReferenceEqualityComparer.Instance);
        return CountedOperators.Of([.. graph.Operators.Where(step => step.Outputs.Count > 0).Select(step =>
        {
            var parameters = step.Inputs.OfType<TfliteTensor>().Where(tensor => IsWeight(tensor) && counted.Add(tensor))
                .Sum(tensor => TensorShape.Count(tensor.Shape));
            return (new LayerSummary(step.Outputs[0].Name, step.Name, step.Outputs[0].Shape, parameters), TfliteCosts.Of(step));
        })]);
    }

    // By the signature's names, which are the author's, where it names all of them.
    private static List<TensorSpec> Describe(
        IReadOnlyList<TfliteTensor> tensors, IReadOnlyDictionary<string, TfliteTensor>? signature)
    {
        var names = (signature ?? new Dictionary<string, TfliteTensor>()).GroupBy(entry => entry.Value, ReferenceEqualityComparer.Instance)
            .ToDictionary(entries => entries.Key!, entries => entries.First().Key, ReferenceEqualityComparer.Instance);
        var isNamed = tensors.All(names.ContainsKey);
        return [.. tensors.Select(tensor => new TensorSpec(
            isNamed ? names[tensor] : tensor.Name, tensor.ElementType.ToLowerInvariant(), tensor.ShapeSignature))];
    }

    private static bool IsWeight(TfliteTensor tensor) =>
        tensor.IsConstant && (tensor.QuantizationScales > 0 || !Positions.Contains(tensor.ElementType));
}

using EdgeBench.Models.Costs;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Lowering;
using EdgeBench.Models.Passes;
using EdgeBench.Models.Weights;

namespace EdgeBench.Models.Keras;

/// <summary>From architecture and weights to the model that callers see.</summary>
internal static class KerasModelBuilder
{
    /// <summary>Builds it; afterwards the weights are in memory and the file may be closed.</summary>
    public static Model Build(
        string path,
        ModelFormat format,
        KerasWriter writer,
        KerasModel keras,
        IWeightSource weights,
        WeightsOrigin origin,
        ModelReadOptions options,
        CancellationToken cancellationToken)
    {
        var lowered = ModelLowering.Lower(keras, weights, writer, options, cancellationToken);
        var costs = Costs(lowered);
        var layers = keras.Leaves.Where(layer => lowered.LayerOutputs.ContainsKey(layer.Path)).Select(layer =>
        {
            var cost = costs.GetValueOrDefault(layer.Path);
            return new LayerSummary(layer.Path, layer.ClassName, lowered.LayerOutputs[layer.Path].Shape, lowered.Parameters[layer])
            {
                Macs = cost.Macs,
                Flops = cost.Flops,
                ProfilerFlops = cost.ProfilerFlops,
            };
        }).ToList();
        var total = costs.Values.Aggregate(default(OperationCost), (sum, cost) => sum + cost);
        var limits = IndexLimits.Of(lowered.Graph);
        return new Model(path, new ModelContent.Layers(lowered.Graph, options.SkippedPasses))
        {
            Name = keras.Name.Length > 0 ? keras.Name : Path.GetFileNameWithoutExtension(path),
            Format = format,
            KerasVersion = writer.Version,
            Inputs = Specs(lowered.Graph.Inputs, limits),
            Outputs = Specs(lowered.Graph.Outputs, limits),
            Layers = layers,
            Parameters = lowered.Parameters.Values.Sum(),
            Macs = total.Macs,
            FastConvolutionMacs = total.FastMacs,
            Flops = total.Flops,
            ProfilerFlops = total.ProfilerFlops,
            Weights = origin,
            Warnings = Warnings(origin),
        };
    }

    /// <summary>By path of the layer; what no output needs costs nothing.</summary>
    private static Dictionary<string, OperationCost> Costs(LoweredModel lowered)
    {
        var costs = new Dictionary<string, OperationCost>(StringComparer.Ordinal);
        foreach (var step in RemoveUnused.Run(lowered.Graph, []).Operators)
        {
            var path = step.Sources[0];
            costs[path] = costs.TryGetValue(path, out var sum)
                ? sum + OperationCost.Of(step)
                : OperationCost.Of(step) + new OperationCost(0, 0, lowered.ConstantFlops.GetValueOrDefault(path));
        }

        return costs;
    }

    private static List<TensorSpec> Specs(IEnumerable<GraphTensor> tensors, IReadOnlyDictionary<Value, int> limits) =>
        tensors.Select(tensor => new TensorSpec(tensor.Name, tensor.Value.Type.Name(), tensor.Value.Shape)
        {
            IndexLimit = limits.TryGetValue(tensor.Value, out var limit) ? limit : null,
        }).ToList();

    private static IReadOnlyList<string> Warnings(WeightsOrigin origin) => origin.IsSynthetic
        ? [$"weights: {origin}: the file holds an architecture only, so its weights were made up; times mean something, outputs do not "
            + "(give --weights FILE for real ones)"]
        : [];
}

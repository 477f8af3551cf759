using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Passes;

namespace EdgeBench.Models.Tflite;

/// <summary>Writes a graph as TFLite: the operators that TensorFlow's converter gives, in float32, with static shapes and no version of an
/// operator that TFLite 2.9.0 does not know.</summary>
internal static class TfliteEmitter
{
    /// <summary>The graph as it is written.</summary>
    /// <exception cref="ModelRefusedException">TFLite cannot express it; every layer is named.</exception>
    public static TfliteGraph Emit(Graph graph)
    {
        var builder = new TfliteGraphBuilder(graph);
        EmitOperators(builder, graph);
        foreach (var output in graph.Outputs)
        {
            var producer = graph.Operators.FirstOrDefault(step => step.Outputs.Contains(output.Value));
            builder.Begin(producer?.Sources ?? [output.Value.Name]);
            builder.Finish(output);
        }

        return builder.ToGraph();
    }

    /// <summary>Adds the operators of a graph, of the whole model or of a part that an operator runs.</summary>
    /// <exception cref="ModelRefusedException">TFLite cannot express it; every layer is named.</exception>
    public static void EmitOperators(TfliteGraphBuilder builder, Graph graph)
    {
        var fused = ActivationFusion.Find(graph);
        var absorbed = fused.Values.ToHashSet();
        var problems = new List<ModelProblem>();
        foreach (var step in graph.Operators.Where(step => !absorbed.Contains(step)))
        {
            var activation = fused.GetValueOrDefault(step);
            var whole = activation is null
                ? step
                : step with { Outputs = activation.Outputs, Sources = GraphEditing.Sources(step, activation) };
            try
            {
                builder.Begin(whole.Sources);
                RequireDimensions(whole);
                TfliteForms.Emit(builder, whole, ActivationFusion.Fused(activation?.Operation));
            }
            catch (LayerNotSupportedException e)
            {
                problems.AddRange(step.Sources.Select(layer => new ModelProblem(layer, null, e.Message)));
                foreach (var output in whole.Outputs)
                {
                    builder.Leave(output);
                }
            }
        }

        if (problems.Count > 0)
        {
            throw new ModelRefusedException(problems);
        }
    }

    /// <summary>XNNPACK refuses a whole file for one tensor beyond.</summary>
    private static void RequireDimensions(Operator step)
    {
        const int Most = 6;
        if (step.Inputs.Concat(step.Outputs).Max(value => value.Rank) is > Most and var rank)
        {
            throw new LayerNotSupportedException(
                $"it works on a tensor of {rank} dimensions, and TFLite takes at most {Most}; convert the model to onnx");
        }
    }
}

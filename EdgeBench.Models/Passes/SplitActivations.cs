using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>
/// Activations that TFLite has no operator for, as several, of which the first may vanish in the operator before and the last in the one
/// behind: min(max(a x + b, 0), 1) is relu6(6 a x + 6 b) / 6, and a clip between 0 and a limit is a ReLU and a minimum.
/// </summary>
internal static class SplitActivations
{
    private const int Six = 6;

    public static Graph Run(Graph graph, List<string> changes)
    {
        var steps = new List<Operator>();
        foreach (var step in graph.Operators)
        {
            var before = steps.Count;
            switch (step.Operation)
            {
                case Activation { Kind: ActivationKind.HardSigmoid, Alpha: var slope, Beta: var offset } when step.Output.Rank > 0:
                    var scaled = Emit(Scaling(step), step.Input, Channels("scale", Six * slope), Channels("offset", Six * offset));
                    var clipped = Emit(new Activation(ActivationKind.Clip, 0, Six), scaled);
                    Finish(Scaling(step), clipped, Channels("scale", 1.0 / Six), Channels("offset", 0));
                    break;
                case Activation { Kind: ActivationKind.Clip, Alpha: 0, Beta: > 0 and not Six and var limit }:
                    var rectified = Emit(new Activation(ActivationKind.Relu), step.Input);
                    Finish(new Activation(ActivationKind.Clip, double.NegativeInfinity, limit), rectified);
                    break;
                default:
                    steps.Add(step);
                    break;
            }

            if (steps.Count > before + 1)
            {
                changes.Add($"split {GraphEditing.Describe(step)}");
            }

            Value Emit(Operation operation, params Value[] inputs)
            {
                var output = new Value(step.Output.Name, step.Output.Shape);
                steps.Add(new Operator(operation, inputs, [output], step.Sources));
                return output;
            }

            void Finish(Operation operation, params Value[] inputs) =>
                steps.Add(new Operator(operation, inputs, step.Outputs, step.Sources));

            Value Channels(string role, double value)
            {
                var channels = step.Output.Shape[^1];
                return new Value($"{step.Output.Name}/{role}", [channels], Enumerable.Repeat((float)value, channels).ToArray());
            }
        }

        return graph with { Operators = steps };
    }

    private static ScaleShift Scaling(Operator step) => new(step.Output.Rank - 1);
}

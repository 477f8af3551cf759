using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>
/// Activations that TFLite has no operator for, as several, of which the first may vanish in the operator before and the last in the one
/// behind: min(max(a x + b, 0), 1) is relu6(6 a x + 6 b) / 6, and a clip between 0 and a limit is a ReLU and a minimum.
/// </summary>
internal static class SplitActivations
{
    private const int Six = 6;

    public static Graph Run(Graph graph, List<string> changes) => GraphEditing.ReplaceEach(
        graph, changes, step => Split(step) is { } steps ? (steps, $"split {GraphEditing.Describe(step)}") : null);

    private static List<Operator>? Split(Operator step)
    {
        var steps = new List<Operator>();
        switch (step.Operation)
        {
            case Activation { Kind: ActivationKind.HardSigmoid, Alpha: var slope, Beta: var offset } when step.Output.Rank > 0:
                var scaling = new ScaleShift(step.Output.Rank - 1);
                var scaled = Emit(scaling, step.Input, Channels("scale", Six * slope), Channels("offset", Six * offset));
                var clipped = Emit(new Activation(ActivationKind.Clip, 0, Six), scaled);
                return Finish(scaling, clipped, Channels("scale", 1.0 / Six), Channels("offset", 0));
            case Activation { Kind: ActivationKind.Clip, Alpha: 0, Beta: > 0 and not Six and var limit }:
                var rectified = Emit(new Activation(ActivationKind.Relu), step.Input);
                return Finish(new Activation(ActivationKind.Clip, double.NegativeInfinity, limit), rectified);
            default:
                return null;
        }

        Value Emit(Operation operation, params Value[] inputs)
        {
            var output = new Value(step.Output.Name, step.Output.Shape);
            steps.Add(new Operator(operation, inputs, [output], step.Sources));
            return output;
        }

        List<Operator> Finish(Operation operation, params Value[] inputs) =>
            [.. steps, new Operator(operation, inputs, step.Outputs, step.Sources)];

        Value Channels(string role, double value)
        {
            var channels = step.Output.Shape[^1];
            return new Value($"{step.Output.Name}/{role}", [channels], Enumerable.Repeat((float)value, channels).ToArray());
        }
    }
}

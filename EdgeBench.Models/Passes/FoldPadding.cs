using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>
/// Zeros around an image go into the convolution that reads it, and into a maximum over values that are never negative. Before any other
/// maximum the padding
/// becomes -0.0: ONNX Runtime fuses padding with +0.0 into MaxPool, where it would count as minus infinity.
/// </summary>
internal static class FoldPadding
{
    public static Graph Run(Graph graph, List<string> changes)
    {
        var uses = new GraphUses(graph);
        var paddings = graph.Operators.Where(step => step.Operation is Padding { Value: 0 }).ToDictionary(step => step.Output);
        var kept = new List<Operator>();
        foreach (var step in graph.Operators)
        {
            var padded = paddings.GetValueOrDefault(step.Input);
            if (padded is { Operation: Padding padding } && Fold(step, padding, uses.Producer(padded.Input)) is { } operation)
            {
                kept.Add(step with
                {
                    Operation = operation,
                    Inputs = [padded.Input, .. step.Inputs.Skip(1)],
                    Sources = GraphEditing.Sources(padded, step),
                });
                changes.Add($"folded {GraphEditing.Describe(padded)} into {GraphEditing.Describe(step)}");
            }
            else if (step.Operation is Padding { Value: 0 } kind
                && uses.Readers(step.Output).Any(reader => reader.Operation is Pooling { Aggregate: Aggregate.Maximum }))
            {
                kept.Add(step with { Operation = kind with { Value = -0.0f } });
            }
            else
            {
                kept.Add(step);
            }
        }

        return RemoveUnused.Run(graph with { Operators = kept }, []);
    }

    private static Operation? Fold(Operator step, Padding padding, Operator? before) => step.Operation switch
    {
        Convolution convolution when GraphEditing.Widen(convolution.Window, padding) is { } window => convolution with { Window = window },
        Pooling { Aggregate: Aggregate.Maximum } pooling when IsNeverNegative(before?.Operation)
            && GraphEditing.Widen(pooling.Window, padding) is { } window
            && window.Before.Concat(window.After).Zip(pooling.Size.Concat(pooling.Size)).All(pair => pair.First < pair.Second)
            => pooling with { Window = window },
        _ => null,
    };

    private static bool IsNeverNegative(Operation? operation) => operation
        is Activation
        {
            Kind: ActivationKind.Relu or ActivationKind.Sigmoid or ActivationKind.HardSigmoid or ActivationKind.Exponential
                or ActivationKind.Softplus
        }
        or Activation { Kind: ActivationKind.Clip, Alpha: >= 0 }
        or Softmax { Logarithm: false };
}

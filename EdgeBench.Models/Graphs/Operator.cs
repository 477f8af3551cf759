namespace EdgeBench.Models.Graphs;

/// <summary>One step of the graph.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Inputs">What it reads, constants included.</param>
/// <param name="Outputs">What it computes.</param>
/// <param name="Sources">Paths of the layers it came from, in the order of the model.</param>
internal sealed record Operator(
    Operation Operation, IReadOnlyList<Value> Inputs, IReadOnlyList<Value> Outputs, IReadOnlyList<string> Sources)
{
    /// <summary>The tensor it works on.</summary>
    public Value Input => Inputs[0];

    /// <summary>The first (for most: the only) thing it computes.</summary>
    public Value Output => Outputs[0];
}

/// <summary>An input or output of the graph under the name a caller knows it by.</summary>
internal sealed record GraphTensor(string Name, Value Value);

/// <summary>A network as operators in an order in which they can run.</summary>
internal sealed record Graph(
    string Name, IReadOnlyList<GraphTensor> Inputs, IReadOnlyList<GraphTensor> Outputs, IReadOnlyList<Operator> Operators);

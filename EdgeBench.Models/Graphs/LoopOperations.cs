namespace EdgeBench.Models.Graphs;

/// <summary>Runs a graph as long as another one says so. Inputs and outputs are the values that go round.</summary>
/// <param name="Condition">From the values to one truth value without dimensions.</param>
/// <param name="Body">From the values to the next ones, of the same shapes.</param>
internal sealed record WhileLoop(Graph Condition, Graph Body) : Operation;

/// <summary>A tensor with a part replaced. Inputs: the tensor, the part, and the place of its first element, a whole number per
/// dimension.</summary>
internal sealed record PartReplacement : Operation;

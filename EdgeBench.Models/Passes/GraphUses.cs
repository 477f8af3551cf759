using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>Who computes and who reads each value of a graph.</summary>
internal sealed class GraphUses
{
    private readonly Dictionary<Value, Operator> _producers = [];
    private readonly Dictionary<Value, List<Operator>> _readers = [];
    private readonly HashSet<Value> _outputs;

    /// <summary>Looks at a graph as it is.</summary>
    public GraphUses(Graph graph)
    {
        _outputs = [.. graph.Outputs.Select(output => output.Value)];
        foreach (var step in graph.Operators)
        {
            foreach (var output in step.Outputs)
            {
                _producers[output] = step;
            }

            foreach (var input in step.Inputs.Distinct())
            {
                if (!_readers.TryGetValue(input, out var readers))
                {
                    _readers[input] = readers = [];
                }

                readers.Add(step);
            }
        }
    }

    /// <summary>The operator that computes a value; null for inputs and constants.</summary>
    public Operator? Producer(Value value) => _producers.GetValueOrDefault(value);

    /// <summary>The operators that read a value.</summary>
    public IReadOnlyList<Operator> Readers(Value value) => _readers.GetValueOrDefault(value) ?? [];

    /// <summary>Whether one operator alone reads it, and the caller does not see it: then it may change or vanish.</summary>
    public bool IsPrivate(Value value) => !_outputs.Contains(value) && Readers(value).Count == 1;

    /// <summary>Whether an operator reads it or the caller sees it.</summary>
    public bool IsUsed(Value value) => _outputs.Contains(value) || _readers.ContainsKey(value);

    /// <summary>Whether the caller sees it.</summary>
    public bool IsOutput(Value value) => _outputs.Contains(value);
}

namespace EdgeBench.Models.Graphs;

/// <summary>Which inputs of a graph hold places in a table, and how many places it has.</summary>
internal static class IndexLimits
{
    /// <summary>The size of the smallest table that an input, or a part of it, looks something up in; none for other inputs.</summary>
    public static IReadOnlyDictionary<Value, int> Of(Graph graph)
    {
        var origins = graph.Inputs.ToDictionary(input => input.Value, input => (IReadOnlySet<Value>)new HashSet<Value> { input.Value });
        var limits = new Dictionary<Value, int>();
        foreach (var step in graph.Operators)
        {
            if (step.Operation is Gather gather)
            {
                foreach (var input in origins.GetValueOrDefault(step.Inputs[1]) ?? new HashSet<Value>())
                {
                    var size = step.Input.Shape[gather.Axis];
                    limits[input] = Math.Min(limits.GetValueOrDefault(input, size), size);
                }
            }

            if (MovesElements(step.Operation))
            {
                var sources = step.Inputs.SelectMany(input => origins.GetValueOrDefault(input) ?? new HashSet<Value>()).ToHashSet();
                foreach (var output in step.Outputs)
                {
                    origins[output] = sources;
                }
            }
        }

        return limits;
    }

    /// <summary>Whether what comes out are elements of what goes in.</summary>
    private static bool MovesElements(Operation operation) => operation is Cast or Identity or Reshaping or Transposition or Slicing
        or Splitting or Unstacking or Stacking or Concatenation or Tile or Gather;
}

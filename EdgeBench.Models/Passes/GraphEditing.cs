using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>Steps that the passes share.</summary>
internal static class GraphEditing
{
    /// <summary>The graph with values replaced by others, wherever they are read.</summary>
    public static Graph Replace(Graph graph, IReadOnlyList<Operator> operators, Dictionary<Value, Value> replacements)
    {
        return graph with
        {
            Operators = operators.Select(step => step.Inputs.Any(replacements.ContainsKey)
                ? step with { Inputs = step.Inputs.Select(Final).ToList() }
                : step).ToList(),
            Outputs = graph.Outputs.Select(output => output with { Value = Final(output.Value) }).ToList(),
        };

        Value Final(Value value)
        {
            while (replacements.TryGetValue(value, out var next))
            {
                value = next;
            }

            return value;
        }
    }

    /// <summary>The layers of several operators, each once.</summary>
    public static IReadOnlyList<string> Sources(params Operator[] steps) => steps.SelectMany(step => step.Sources).Distinct().ToList();

    /// <summary>How a report names an operator.</summary>
    public static string Describe(Operator step) => string.Join("+", step.Sources);
}

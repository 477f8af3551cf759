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

    /// <summary>The graph with operators that compute the same in the place of some.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="changes">Gets what was changed.</param>
    /// <param name="replace">What comes in an operator's place, and what the report says of it; null where it stays.</param>
    public static Graph ReplaceEach(
        Graph graph, List<string> changes, Func<Operator, (IEnumerable<Operator> Steps, string Change)?> replace)
    {
        var steps = new List<Operator>();
        foreach (var step in graph.Operators)
        {
            if (replace(step) is var (replacements, change))
            {
                steps.AddRange(replacements);
                changes.Add(change);
            }
            else
            {
                steps.Add(step);
            }
        }

        return graph with { Operators = steps };
    }

    /// <summary>The layers of several operators, each once.</summary>
    public static IReadOnlyList<string> Sources(params Operator[] steps) => steps.SelectMany(step => step.Sources).Distinct().ToList();

    /// <summary>How a report names an operator.</summary>
    public static string Describe(Operator step) => string.Join("+", step.Sources);

    /// <summary>A window over an image with zeros around it, as one over the image itself; null where the zeros are not around the spatial
    /// dimensions.</summary>
    public static Window? Widen(Window window, Padding padding) =>
        padding.Before.Count >= 3 && padding.Before[0] + padding.After[0] + padding.Before[^1] + padding.After[^1] == 0
            ? window with
            {
                Before = window.Before.Select((size, i) => size + padding.Before[i + 1]).ToList(),
                After = window.After.Select((size, i) => size + padding.After[i + 1]).ToList(),
            }
            : null;
}

using EdgeBench.Models;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Checking;

/// <summary>
/// Inputs that hold places in a table of the model. The seeded inputs of a runner, which knows of no table, are 0 and 1 there; a check
/// that is to see the whole table gives places all over it.
/// </summary>
internal static class IndexInputs
{
    /// <summary>The raw elements of those inputs, by name: element i of input k is the contract's seeded number times the size of the
    /// table, rounded down.</summary>
    /// <param name="inputs">The model's inputs.</param>
    /// <param name="seed">The seed.</param>
    public static IReadOnlyDictionary<string, byte[]> Of(IReadOnlyList<TensorSpec> inputs, ulong seed)
    {
        var given = new Dictionary<string, byte[]>();
        foreach (var (number, input) in inputs.Index())
        {
            if (input.IndexLimit is { } limit && Enum.TryParse<ElementType>(input.ElementType, ignoreCase: true, out var type))
            {
                var values = new double[input.Shape.Aggregate(1, (product, size) => checked(product * size))];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = Math.Floor((double)SeededInput.Element(seed, number, i) * limit);
                }

                given[input.Name] = TensorValues.Write(type, values);
            }
        }

        return given;
    }
}

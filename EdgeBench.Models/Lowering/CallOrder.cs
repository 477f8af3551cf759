using EdgeBench.Models.Containers;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>One call of a layer within its model.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Index">Which of its calls, as others refer to it.</param>
/// <param name="Call">The call.</param>
internal sealed record PlacedCall(KerasLayer Layer, int Index, LayerCall Call);

/// <summary>The calls of a model in an order in which they can run: as near to the file's as possible, so that the same file gives the
/// same order.</summary>
internal static class CallOrder
{
    /// <summary>Orders the calls.</summary>
    /// <exception cref="ModelFileException">A call refers to what is not there, or to itself in a circle.</exception>
    public static IReadOnlyList<PlacedCall> Of(KerasModel model)
    {
        var offsets = NestedOffsets(model);
        var calls = model.Layers
            .SelectMany(layer =>
                layer.Calls.Select((call, index) => new PlacedCall(layer, index + offsets.GetValueOrDefault(layer.Name), call)))
            .ToList();
        var places = new Dictionary<(string, int), int>();
        for (var i = 0; i < calls.Count; i++)
        {
            places[(calls[i].Layer.Name, calls[i].Index)] = i;
        }

        var inputs = model.Layers.Where(layer => layer.IsInput).Select(layer => layer.Name).ToHashSet(StringComparer.Ordinal);
        var missing = new int[calls.Count];
        var waiting = new Dictionary<int, List<int>>();
        var ready = new PriorityQueue<int, int>();
        for (var i = 0; i < calls.Count; i++)
        {
            foreach (var reference in calls[i].Call.Tensors.Where(reference => !inputs.Contains(reference.Layer)))
            {
                if (!places.TryGetValue((reference.Layer, reference.Call), out var needed))
                {
                    throw new ModelFileException(
                        $"layer '{calls[i].Layer.Path}' refers to '{reference.Layer}', which is not there, so the file is damaged; "
                        + "save the model again");
                }

                if (!waiting.TryGetValue(needed, out var list))
                {
                    waiting[needed] = list = [];
                }

                list.Add(i);
                missing[i]++;
            }

            if (missing[i] == 0)
            {
                ready.Enqueue(i, i);
            }
        }

        var ordered = new List<PlacedCall>(calls.Count);
        while (ready.TryDequeue(out var next, out _))
        {
            ordered.Add(calls[next]);
            foreach (var follower in waiting.GetValueOrDefault(next) ?? [])
            {
                if (--missing[follower] == 0)
                {
                    ready.Enqueue(follower, follower);
                }
            }
        }

        return ordered.Count == calls.Count
            ? ordered
            : throw new ModelFileException("its layers refer to each other in a circle, so the file is damaged; save the model again");
    }

    /// <summary>
    /// The creation of a nested model was its call 0 in most versions of Keras, and is not in the file: references then start at 1. How
    /// far they reach says which.
    /// </summary>
    private static Dictionary<string, int> NestedOffsets(KerasModel model)
    {
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        var references = model.Layers.SelectMany(layer => layer.Calls).SelectMany(call => call.Tensors)
            .Concat(model.Outputs.Select(output => output.Reference));
        foreach (var reference in references)
        {
            last[reference.Layer] = Math.Max(last.GetValueOrDefault(reference.Layer), reference.Call);
        }

        return model.Layers.Where(layer => layer.Nested is not null && layer.Calls.Count > 0).ToDictionary(
            layer => layer.Name,
            layer => last.TryGetValue(layer.Name, out var call) && call == layer.Calls.Count ? 1 : 0,
            StringComparer.Ordinal);
    }
}

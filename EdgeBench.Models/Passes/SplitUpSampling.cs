using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>
/// TFLite resizes images of two dimensions only. Repeating every element along one or three others is, from the last to the first, joining
/// the tensor with itself behind that dimension and seeing the result as a longer one.
/// </summary>
internal static class SplitUpSampling
{
    private const int ImageRank = 4;

    public static Graph Run(Graph graph, List<string> changes) => GraphEditing.ReplaceEach(
        graph, changes, step => step.Operation is Resampling && step.Output.Rank != ImageRank
            ? (Split(step), $"split {GraphEditing.Describe(step)}")
            : null);

    private static IEnumerable<Operator> Split(Operator step)
    {
        const int LastAxis = 2;
        var sizes = step.Input.Shape.ToArray();
        var current = step.Input;
        for (var axis = sizes.Length - 2; axis > 0; axis--)
        {
            var times = step.Output.Shape[axis] / sizes[axis];
            if (times == 1)
            {
                continue;
            }

            int[] shape = [sizes[0], TensorShape.Joined(sizes[1..(axis + 1)]), TensorShape.Joined(sizes[(axis + 1)..])];
            if (!current.Shape.SequenceEqual(shape))
            {
                var viewed = new Value(step.Output.Name, shape);
                yield return new Operator(new Reshaping(), [current], [viewed], step.Sources);
                current = viewed;
            }

            var joined = new Value(step.Output.Name, [shape[0], shape[1], shape[2] * times]);
            yield return new Operator(
                new Concatenation(LastAxis), [.. Enumerable.Repeat(current, times)], [joined], step.Sources);
            (current, sizes[axis]) = (joined, step.Output.Shape[axis]);
        }

        yield return new Operator(new Reshaping(), [current], step.Outputs, step.Sources);
    }
}

using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>
/// A resized image of which every element is a weighted sum, as a product with a matrix of weights along each spatial dimension. Neither
/// format has an operator with TensorFlow's weights.
/// </summary>
internal static class ExpandInterpolation
{
    public static Graph Run(Graph graph, List<string> changes) => GraphEditing.ReplaceEach(
        graph, changes, step => step.Operation is Resampling { Interpolation: Interpolation.Weighted }
            ? (Expand(step), $"expanded {GraphEditing.Describe(step)}")
            : null);

    private static IEnumerable<Operator> Expand(Operator step)
    {
        var sizes = step.Input.Shape.ToArray();
        var current = step.Input;
        foreach (var (weights, i) in step.Inputs.Skip(1).Select((weights, i) => (weights, i)))
        {
            var axis = i + 1;
            if (weights.Shape[0] == weights.Shape[1] && sizes[axis] == step.Output.Shape[axis])
            {
                continue;
            }

            int[] viewed = [sizes[0], TensorShape.Joined(sizes[1..axis]), sizes[axis], TensorShape.Joined(sizes[(axis + 1)..])];
            var rows = new Value(step.Output.Name, [.. viewed]);
            yield return new Operator(new Reshaping(), [current], [rows], step.Sources);
            (sizes[axis], viewed[2]) = (step.Output.Shape[axis], step.Output.Shape[axis]);
            current = new Value(step.Output.Name, [.. viewed]);
            yield return new Operator(
                new BatchedMatrixProduct(), [weights.Reshaped([1, 1, .. weights.Shape]), rows], [current], step.Sources);
        }

        yield return new Operator(new Reshaping(), [current], step.Outputs, step.Sources);
    }
}

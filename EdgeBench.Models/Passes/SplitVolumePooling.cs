using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>
/// TFLite pools over two dimensions only. A window over three (batch, depth, height, width, channels) is one over height and width of every
/// slice, and then one over the depth: both the maximum and the mean are separable, as a window cut off by the edges of the image is a box
/// too.
/// </summary>
internal static class SplitVolumePooling
{
    private const int Dimensions = 3;

    public static Graph Run(Graph graph, List<string> changes) => GraphEditing.ReplaceEach(
        graph, changes, step => step.Operation is Pooling { Size.Count: Dimensions } pooling
            ? (Split(step, pooling), $"split {GraphEditing.Describe(step)}")
            : null);

    private static IEnumerable<Operator> Split(Operator step, Pooling pooling)
    {
        var ((batch, depth, height, width, channels), output) = (Sizes(step.Input), Sizes(step.Output));
        var slices = Of([batch * depth, height, width, channels]);
        var pooledSlices = Of([batch * depth, output.Height, output.Width, channels]);
        var columns = Of([batch, depth, output.Height * output.Width, channels]);
        var pooled = Of([batch, output.Depth, output.Height * output.Width, channels]);
        yield return Reshape(step.Input, slices);
        yield return new Operator(
            pooling with { Size = [.. pooling.Size.Skip(1)], Window = Part(pooling.Window, window => window.Skip(1), []) },
            [slices], [pooledSlices], step.Sources);
        yield return Reshape(pooledSlices, columns);
        yield return new Operator(
            pooling with { Size = [pooling.Size[0], 1], Window = Part(pooling.Window, window => window.Take(1), [1]) },
            [columns], [pooled], step.Sources);
        yield return new Operator(new Reshaping(), [pooled], step.Outputs, step.Sources);

        Value Of(int[] shape) => new(step.Output.Name, shape);

        Operator Reshape(Value from, Value to) => new(new Reshaping(), [from], [to], step.Sources);
    }

    private static Window Part(Window window, Func<IReadOnlyList<int>, IEnumerable<int>> part, int[] still) => new(
        [.. part(window.Strides), .. still],
        [.. part(window.Dilations), .. still],
        [.. part(window.Before), .. still.Select(_ => 0)],
        [.. part(window.After), .. still.Select(_ => 0)]);

    private static (int Batch, int Depth, int Height, int Width, int Channels) Sizes(Value value) =>
        (value.Shape[0], value.Shape[1], value.Shape[2], value.Shape[3], value.Shape[4]);
}

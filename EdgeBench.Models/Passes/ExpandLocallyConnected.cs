using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>
/// A convolution with a kernel of its own at every place, which neither format has: a depthwise convolution with kernels of a single 1 lays
/// what every window covers behind one another in the channels, and each place multiplies that by its own matrix.
/// </summary>
internal static class ExpandLocallyConnected
{
    public static Graph Run(Graph graph, List<string> changes) => GraphEditing.ReplaceEach(
        graph, changes, step => step.Operation is LocallyConnected connected
            ? (Expand(step, connected), $"expanded {GraphEditing.Describe(step)}")
            : null);

    private static IEnumerable<Operator> Expand(Operator step, LocallyConnected connected)
    {
        var (batch, channels, filters) = (step.Input.Shape[0], step.Input.Shape[^1], step.Output.Shape[^1]);
        var window = (int)TensorShape.Count(connected.Size);
        var patch = window * channels;
        var places = (int)(step.Output.Count / batch / filters);
        var patches = new Value(step.Output.Name, [.. step.Output.Shape.SkipLast(1), patch]);
        yield return new Operator(
            new Convolution(connected.Window, channels), [step.Input, Units(step, connected.Size, channels)], [patches], step.Sources);
        var rows = new Value(step.Output.Name, [batch, places, 1, patch]);
        yield return new Operator(new Reshaping(), [patches], [rows], step.Sources);
        var products = new Value(step.Output.Name, [batch, places, 1, filters]);
        yield return new Operator(
            new BatchedMatrixProduct(), [rows, ByChannel(step.Inputs[1], window, channels)], [products], step.Sources);
        yield return new Operator(new Reshaping(), [products], step.Outputs, step.Sources);
    }

    /// <summary>Kernels (window..., 1, channels x places) of which each has its 1 at another place.</summary>
    private static Value Units(Operator step, IReadOnlyList<int> size, int channels)
    {
        var window = (int)TensorShape.Count(size);
        var units = new float[window * channels * window];
        for (var place = 0; place < window; place++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                units[(((place * channels) + channel) * window) + place] = 1;
            }
        }

        return new Value($"{step.Output.Name}/units", [.. size, 1, channels * window], units);
    }

    /// <summary>The rows of the matrices by channel and then by place of the window: the order of the channels of a depthwise
    /// convolution.</summary>
    private static Value ByChannel(Value kernel, int window, int channels)
    {
        const int ByPlace = 1, Channel = 2;
        var (places, filters) = (kernel.Shape[0], kernel.Shape[^1]);
        return kernel.Reshaped([places, window, channels, filters]).Transposed([0, Channel, ByPlace, 3])
            .Reshaped([1, places, window * channels, filters]);
    }
}

using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>ConvLSTM1D, ConvLSTM2D and ConvLSTM3D: long short-term memories whose products are convolutions (Shi et al. 2015).</summary>
internal static class ConvolutionalRecurrentRules
{
    private const int Gates = 4;

    /// <summary>The object that has the variables.</summary>
    private const string Cell = "cell";

    /// <summary>Lowers a layer over images of so many dimensions.</summary>
    public static IReadOnlyList<Value> ConvLstm(LayerContext layer, int dimensions)
    {
        var arguments = RecurrentArguments.Of(layer);
        var isFirst = ChannelsFirst.IsFirst(layer);
        if (isFirst)
        {
            arguments = arguments with
            {
                Sequence = layer.MoveAxis(arguments.Sequence, 2, -1),
                States = [.. arguments.States.Select(state => ChannelsFirst.ToLast(layer, state))],
            };
        }

        if (arguments.Sequence.Rank != dimensions + 3)
        {
            throw new LayerNotSupportedException(
                $"its input has the shape {TensorShape.Text(arguments.Sequence.Shape)} where {dimensions + 3} dimensions are expected");
        }

        if (layer.Config.Flag("stateful", false))
        {
            throw new LayerNotSupportedException(RecurrentRules.Stateful);
        }

        var backwards = layer.Config.Flag("go_backwards", false);
        var sequences = layer.Config.Flag("return_sequences", false);
        if (backwards && sequences)
        {
            // Keras gives the outputs of a way back in the order in which it computes them.
            arguments = arguments.Reversed(layer);
        }

        var result = Run(layer, arguments, dimensions, backwards && !sequences);
        if (isFirst)
        {
            result = new RecurrentResult(
                layer.MoveAxis(result.Sequence, -1, 2), ChannelsFirst.ToFirst(layer, result.Last),
                [.. result.States.Select(state => ChannelsFirst.ToFirst(layer, state))]);
        }

        if (sequences && arguments.GivenMask is { } mask)
        {
            layer.SetMask(result.Sequence, mask);
        }

        var output = sequences ? result.Sequence : result.Last;
        return layer.Config.Flag("return_state", false) ? [output, .. result.States] : [output];
    }

    private static RecurrentResult Run(LayerContext layer, RecurrentArguments arguments, int dimensions, bool backwards)
    {
        var filters = layer.Config.Whole("filters");
        var size = layer.Config.Wholes("kernel_size", dimensions);
        var kernel = layer.VariableOf(Cell, "kernel", [.. size, arguments.Sequence.Shape[^1], Gates * filters]);
        var recurrent = layer.VariableOf(Cell, "recurrent_kernel", [.. size, filters, Gates * filters]);
        var bias = layer.Config.Flag("use_bias", true) ? layer.VariableOf(Cell, "bias", Gates * filters) : null;
        var projected = Project(layer, arguments.Sequence, kernel, bias, size);
        var ones = Enumerable.Repeat(1, dimensions).ToArray();
        int[] less = [.. size.Select(extent => (extent - 1) / 2)], more = [.. size.Select(extent => extent / 2)];
        var same = layer.Writer.IsOnTheano ? new Window(ones, ones, more, less) : new Window(ones, ones, less, more);
        int[] image = [projected.Shape[0], .. projected.Shape.Skip(2).SkipLast(1), filters];
        CellStep step = (pieces, states) =>
        {
            var input = RecurrentLowering.WithoutStep(layer, pieces[0]);
            var output = RecurrentLowering.WithoutStep(layer, states[0]);
            var product = layer.Emit(new Convolution(same, 1), [.. image.SkipLast(1), Gates * filters], output, recurrent);
            var sum = layer.Emit(new Arithmetic(ArithmeticKind.Add), input.Shape, input, product);
            var gates = layer.EmitSeveral(
                new Splitting(sum.Rank - 1), [.. Enumerable.Repeat(((IReadOnlyList<int>)image, sum.Type), Gates)], sum);
            return
            [
                .. RecurrentCells.LongShortTermMemory(layer, gates, RecurrentLowering.WithoutStep(layer, states[1]))
                    .Select(state => RecurrentLowering.WithStep(layer, state)),
            ];
        };
        IReadOnlyList<int> withStep = [image[0], 1, .. image.Skip(1)];
        var first = arguments.States.Count switch
        {
            0 => RecurrentLowering.Zeros(layer, [withStep, withStep]),
            2 => [.. arguments.States.Select(state => RecurrentLowering.WithStep(layer, state))],
            var count => throw new LayerNotSupportedException($"it is called with {count} states where it has 2"),
        };
        var mask = arguments.Mask is null ? null
            : layer.Emit(
                new Reshaping(), [.. arguments.Mask.Shape.Take(2), .. Enumerable.Repeat(1, dimensions + 1)], arguments.Mask);
        var result = RecurrentLowering.Scan(
            layer, step, [projected], first, mask, backwards, layer.Config.Flag("zero_output_for_mask", false), arguments.States.Count > 0);
        return new RecurrentResult(
            result.Sequence,
            RecurrentLowering.WithoutStep(layer, result.Last),
            [.. result.States.Select(state => RecurrentLowering.WithoutStep(layer, state))]);
    }

    /// <summary>The convolution of the input, of all steps at once.</summary>
    private static Value Project(LayerContext layer, Value sequence, Value kernel, Value? bias, int[] size)
    {
        var (batch, steps) = (sequence.Shape[0], sequence.Shape[1]);
        var images = layer.Emit(new Reshaping(), [checked(batch * steps), .. sequence.Shape.Skip(2)], sequence);
        var ones = Enumerable.Repeat(1, size.Length).ToArray();
        var (window, output) = Geometry.Place(
            layer, images, size, layer.Config.Wholes("strides", size.Length, ones), layer.Config.Wholes("dilation_rate", size.Length, ones));
        var convolved = layer.Emit(
            new Convolution(window, 1), [images.Shape[0], .. output, kernel.Shape[^1]], bias is null ? [images, kernel] : [images, kernel, bias]);
        return layer.Emit(new Reshaping(), [batch, steps, .. convolved.Shape.Skip(1)], convolved);
    }
}

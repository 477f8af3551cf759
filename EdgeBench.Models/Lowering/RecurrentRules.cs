using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Lowering;

/// <summary>Recurrent layers: LSTM, GRU, SimpleRNN, RNN with their cells, those of cuDNN, and Bidirectional.</summary>
internal static class RecurrentRules
{
    /// <summary>Why a layer that keeps its states from one batch to the next is refused.</summary>
    public const string Stateful = "it is stateful: what one call computes depends on those before, which a file cannot promise; "
        + "save the model with stateful=False, and give it the states as inputs where it needs them";

    private static readonly int[] BatchAndStepsSwapped = [1, 0, 2];

    public static IReadOnlyList<Value> Recurrent(LayerContext layer)
    {
        var arguments = RecurrentArguments.Of(layer);
        var backwards = layer.Config.Flag("go_backwards", false);
        var isTimeMajor = layer.Config.Flag("time_major", false);
        if (isTimeMajor)
        {
            arguments = arguments with { Sequence = Swapped(layer, arguments.Sequence) };
        }

        // Keras gives the outputs of a way back in the order in which it computes them.
        var sequences = layer.Config.Flag("return_sequences", false);
        if (backwards && sequences)
        {
            arguments = arguments.Reversed(layer);
        }

        var result = Run(layer, arguments, backwards && !sequences);
        var output = !sequences ? result.Last
            : isTimeMajor ? Swapped(layer, result.Sequence)
            : result.Sequence;
        if (sequences && arguments.GivenMask is { } mask)
        {
            layer.SetMask(output, mask);
        }

        return layer.Config.Flag("return_state", false) ? [output, .. result.States] : [output];
    }

    public static IReadOnlyList<Value> Bidirectional(LayerContext layer)
    {
        if (layer.Layer.Wrapped is not [var first, var second] || Kinds(first) is null || Kinds(second) is null)
        {
            throw new LayerNotSupportedException("it holds something else than a recurrent layer of Keras; use LSTM, GRU or SimpleRNN");
        }

        var (forward, backward) = (layer.Inside(first), layer.Inside(second));
        var arguments = RecurrentArguments.Of(layer);
        if (forward.Config.Flag("time_major", false))
        {
            throw new LayerNotSupportedException("'time_major' in a Bidirectional is not supported; build it with the batch first");
        }

        var half = arguments.States.Count / 2;
        var sequences = forward.Config.Flag("return_sequences", false);
        var isFirstBackwards = forward.Config.Flag("go_backwards", false);
        var isZeroed = sequences && layer.Writer.ZeroesMaskedDirections;
        var there = Run(forward, arguments with { States = [.. arguments.States.Take(half)] }, isFirstBackwards, isZeroed);
        var back = Run(backward, arguments with { States = [.. arguments.States.Skip(half)] }, !isFirstBackwards, isZeroed);
        var (left, right) = sequences
            ? (there.Sequence, back.Sequence)
            : (there.Last, back.Last);
        if (sequences && isFirstBackwards)
        {
            // The way there is left in the order in which it was computed, the way back is turned, wherever each began.
            (left, right) = (Reversed(layer, left), Reversed(layer, right));
        }

        var merged = Merge(layer, left, right);
        if (sequences && arguments.GivenMask is { } mask)
        {
            foreach (var output in merged)
            {
                layer.SetMask(output, mask);
            }
        }

        return forward.Config.Flag("return_state", false)
            ? [.. merged, .. there.States, .. back.States]
            : merged;
    }

    private static IReadOnlyList<Value> Merge(LayerContext layer, Value left, Value right)
    {
        var mode = layer.Config.Text("merge_mode");
        if (mode is null && !layer.Config.Element.TryGetProperty("merge_mode", out _))
        {
            mode = "concat";
        }

        int[] joined = [.. left.Shape.SkipLast(1), left.Shape[^1] + right.Shape[^1]];
        return mode switch
        {
            null => [left, right],
            "concat" => [layer.Emit(new Concatenation(left.Rank - 1), joined, left, right)],
            "sum" => [Arithmetic(ArithmeticKind.Add)],
            "mul" => [Arithmetic(ArithmeticKind.Multiply)],
            "ave" => [layer.Emit(
                new Arithmetic(ArithmeticKind.Divide), left.Shape, Arithmetic(ArithmeticKind.Add), layer.Constant("directions", 2))],
            _ => throw new LayerNotSupportedException($"'merge_mode' is '{mode}', which Keras does not have"),
        };

        Value Arithmetic(ArithmeticKind kind) => left.Shape.SequenceEqual(right.Shape)
            ? layer.Emit(new Arithmetic(kind), left.Shape, left, right)
            : throw new LayerNotSupportedException("its directions have different numbers of units, which it cannot merge");
    }

    /// <summary>Runs the cells of a layer over a sequence, each over what the one before gives: cells on top of each other are layers on top
    /// of each other, as no cell looks at the states of another.</summary>
    private static RecurrentResult Run(LayerContext layer, RecurrentArguments arguments, bool backwards, bool? isZeroed = null)
    {
        if (layer.Config.Flag("stateful", false))
        {
            throw new LayerNotSupportedException(Stateful);
        }

        var isOwnZeroed = layer.Config.Flag("zero_output_for_mask", false);
        var zeroed = isZeroed ?? isOwnZeroed;
        var cells = Cells(layer);
        var counts = cells.Select(cell => cell.Kind == RecurrentKind.LongShortTermMemory ? 2 : 1).ToList();
        if (arguments.States.Count > 0 && arguments.States.Count != counts.Sum())
        {
            throw new LayerNotSupportedException($"it is called with {arguments.States.Count} states where it has {counts.Sum()}");
        }

        var results = new List<RecurrentResult>();
        var (sequence, used) = (arguments.Sequence, 0);
        foreach (var ((cell, kind), count) in cells.Zip(counts))
        {
            var states = arguments.States.Skip(used).Take(count).ToList();
            var isTop = results.Count == cells.Count - 1;
            results.Add(RecurrentLowering.Run(cell, kind, sequence, states, arguments.Mask, backwards, zeroed && isTop));
            sequence = results[^1].Sequence;
            used += count;
        }

        return results[^1] with { States = [.. results.SelectMany(result => result.States)] };
    }

    private static IReadOnlyList<(LayerContext Cell, RecurrentKind Kind)> Cells(LayerContext layer)
    {
        var kinds = Kinds(layer.Layer) ?? throw new LayerNotSupportedException(
            "its cell is not one of Keras; use LSTMCell, GRUCell, SimpleRNNCell or StackedRNNCells of them");
        return layer.Layer.Wrapped is [var cell]
            ? [.. (cell.Wrapped.Count > 0 ? cell.Wrapped : [cell]).Select(inner => layer.Inside(inner)).Zip(kinds)]
            : [(layer, kinds[0])];
    }

    /// <summary>The cells of a recurrent layer; null where they are not known.</summary>
    private static IReadOnlyList<RecurrentKind>? Kinds(KerasLayer layer)
    {
        if (layer.IsCustom)
        {
            return null;
        }

        switch (layer.ClassName)
        {
            case "CuDNNGRU":
                return [RecurrentKind.GatedRecurrentUnitResetAfter];
            case "CuDNNLSTM" or "LSTM" or "LSTMCell":
                return [RecurrentKind.LongShortTermMemory];
            case "GRU" or "GRUCell":
                return [layer.Config.Flag("reset_after", false)
                    ? RecurrentKind.GatedRecurrentUnitResetAfter
                    : RecurrentKind.GatedRecurrentUnit];
            case "SimpleRNN" or "SimpleRNNCell":
                return [RecurrentKind.Simple];
            case "RNN" or "StackedRNNCells" when layer.Wrapped.Count > 0:
                var inner = layer.Wrapped.Select(Kinds).ToList();
                return inner.Exists(kinds => kinds is null) ? null : [.. inner.SelectMany(kinds => kinds!)];
            default:
                return null;
        }
    }

    private static Value Swapped(LayerContext layer, Value value) => value.Rank == BatchAndStepsSwapped.Length
        ? layer.Emit(new Transposition(BatchAndStepsSwapped), [value.Shape[1], value.Shape[0], value.Shape[2]], value)
        : throw new LayerNotSupportedException($"its input has the shape {TensorShape.Text(value.Shape)} where 3 dimensions are expected");

    private static Value Reversed(LayerContext layer, Value value) => RecurrentArguments.Reversed(layer, value);
}

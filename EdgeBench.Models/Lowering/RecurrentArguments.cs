using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>What a recurrent layer is called with.</summary>
/// <param name="Sequence">(batch, steps, features...).</param>
/// <param name="States">The first states, (batch, units...); none where they are zero.</param>
/// <param name="Mask">Which steps count, (batch, steps, 1); null where all do.</param>
/// <param name="GivenMask">The mask as it was given, (batch, steps).</param>
internal sealed record RecurrentArguments(Value Sequence, IReadOnlyList<Value> States, Value? Mask, Value? GivenMask)
{
    /// <summary>The arguments of a call: states stand behind the sequence or under their name.</summary>
    public static RecurrentArguments Of(LayerContext layer)
    {
        var call = layer.Call;
        if (call.Keyword.TryGetValue("constants", out var constants) && constants.Tensors.Any())
        {
            throw new LayerNotSupportedException("constants beside the sequence are not supported; give them with every step");
        }

        var states = call.Positional.SelectMany(argument => argument.Tensors).Skip(1)
            .Concat(call.Keyword.GetValueOrDefault("initial_state")?.Tensors ?? []);
        var sequence = layer.Cast(layer.Inputs[0], ElementType.Float32);
        if (sequence.Rank < 3)
        {
            throw new LayerNotSupportedException(
                $"its input has the shape {TensorShape.Text(sequence.Shape)} where batch, steps and features are expected");
        }

        var mask = layer.Mask;
        return new RecurrentArguments(
            sequence,
            [.. states.Select(state => layer.Cast(layer.TensorOf(new CallArgument.Tensor(state)), ElementType.Float32))],
            mask is null ? null : layer.Emit(new Reshaping(), [mask.Shape[0], mask.Shape[1], 1], mask),
            mask);
    }

    /// <summary>With the steps the other way round.</summary>
    public RecurrentArguments Reversed(LayerContext layer) => this with
    {
        Sequence = Reversed(layer, Sequence),
        Mask = Mask is null ? null : Reversed(layer, Mask),
    };

    /// <summary>A sequence with the steps the other way round.</summary>
    public static Value Reversed(LayerContext layer, Value sequence) => layer.Flip(sequence, [1]);
}

/// <summary>What a recurrent layer computes.</summary>
/// <param name="Sequence">The outputs of all steps in the order of the input, (batch, steps, units...).</param>
/// <param name="Last">That of the last step it went, (batch, units...).</param>
/// <param name="States">The last states, (batch, units...).</param>
internal sealed record RecurrentResult(Value Sequence, Value Last, IReadOnlyList<Value> States);

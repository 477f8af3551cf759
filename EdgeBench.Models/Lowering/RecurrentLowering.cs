using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>A cell over the steps of a sequence.</summary>
internal static class RecurrentLowering
{
    /// <summary>Runs a cell of matrices, as an operator that files may have and with what it is made of.</summary>
    /// <param name="layer">The layer or cell.</param>
    /// <param name="kind">Which cell it is.</param>
    /// <param name="sequence">(batch, steps, features).</param>
    /// <param name="states">The first states, (batch, units); none where they are zero.</param>
    /// <param name="mask">Which steps count, (batch, steps, 1).</param>
    /// <param name="backwards">Whether the last step comes first.</param>
    /// <param name="zeroed">Whether the output of a step that does not count is zero, not the one before it.</param>
    public static RecurrentResult Run(
        LayerContext layer, RecurrentKind kind, Value sequence, IReadOnlyList<Value> states, Value? mask, bool backwards, bool zeroed)
    {
        if (sequence.Rank != 3)
        {
            throw new LayerNotSupportedException(
                $"its input has the shape {TensorShape.Text(sequence.Shape)} where 3 dimensions are expected");
        }

        var weights = RecurrentWeights.Read(layer, kind, sequence.Shape[^1]);
        int[] shape = [sequence.Shape[0], 1, RecurrentWeights.Units(layer)];
        var shapes = Enumerable.Repeat<IReadOnlyList<int>>(shape, kind == RecurrentKind.LongShortTermMemory ? 2 : 1).ToList();
        var bias = weights.Bias ?? layer.Constant("bias", Bias(kind, weights), new float[TensorShape.Count(Bias(kind, weights))]);
        Value[] given = [sequence, .. states, .. mask is null ? Array.Empty<Value>() : [mask]];
        var parts = layer.Part(given, inputs =>
        {
            var (projected, step) = RecurrentCells.Build(layer, kind, inputs[0], weights);
            var first = states.Count == 0
                ? Zeros(layer, shapes)
                : [.. inputs.Skip(1).Take(states.Count).Select(state => WithStep(layer, state))];
            var results = Scan(layer, step, projected, first, mask is null ? null : inputs[^1], backwards, zeroed, states.Count > 0);
            return [results.Sequence, WithoutStep(layer, results.Last), .. results.States.Select(state => WithoutStep(layer, state))];
        });
        var gate = kind == RecurrentKind.Simple ? null : RecurrentActivation.Single(layer, RecurrentActivation.Gate);
        var cell = new RecurrentCell(kind, gate, RecurrentActivation.Single(layer, RecurrentActivation.Function));
        var outputs = layer.EmitSeveral(
            new Recurrence(cell, backwards, weights.Bias is not null, states.Count > 0, mask is not null, parts),
            [.. parts.Outputs.Select(output => (output.Value.Shape, output.Value.Type))],
            [sequence, weights.Kernel, weights.Recurrent, bias, .. given.Skip(1)]);
        return new RecurrentResult(outputs[0], outputs[1], [.. outputs.Skip(2)]);
    }

    /// <summary>Goes from step to step; states and results have a dimension of steps. At one that does not count, states stay and the
    /// output is repeated or zero.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="step">What a step computes.</param>
    /// <param name="projected">What the steps get of the sequence, (batch, steps, ...).</param>
    /// <param name="states">The first states.</param>
    /// <param name="mask">Which steps count, (batch, steps, 1...).</param>
    /// <param name="backwards">Whether the last step comes first.</param>
    /// <param name="zeroed">Whether the output of a step that does not count is zero.</param>
    /// <param name="areGiven">Whether the first states may be others than zero, so that the output before the first step, which is zero, is
    /// not among them.</param>
    public static RecurrentResult Scan(
        LayerContext layer, CellStep step, IReadOnlyList<Value> projected, IReadOnlyList<Value> states, Value? mask, bool backwards,
        bool zeroed, bool areGiven)
    {
        var hasOutput = mask is not null && (zeroed || areGiven);
        var zero = hasOutput ? Zeros(layer, [states[0].Shape]) : [];
        Value[] first = [.. zero, .. states];
        Value[] whole = [.. projected, .. mask is null ? Array.Empty<Value>() : [mask]];
        var body = layer.Part([.. first, .. whole.Select(Piece)], inputs =>
        {
            var before = inputs.Take(first.Length).ToList();
            var next = step([.. inputs.Skip(first.Length).Take(projected.Count)], before[zero.Count..]);
            if (mask is null)
            {
                return [.. next, next[0]];
            }

            var counts = inputs[^1];
            var kept = next.Zip(before[zero.Count..], (after, old) => layer.Select(counts, after, old)).ToList();
            if (!hasOutput)
            {
                return [.. kept, kept[0]];
            }

            var output = layer.Select(counts, next[0], zeroed ? Zeros(layer, [next[0].Shape])[0] : before[0]);
            return [output, .. kept, output];
        });
        var sequence = (IReadOnlyList<int>)[projected[0].Shape[0], projected[0].Shape[1], .. states[0].Shape.Skip(2)];
        var outputs = layer.EmitSeveral(
            new Scan(body, first.Length, backwards),
            [.. first.Select(state => (state.Shape, state.Type)), (sequence, states[0].Type)],
            [.. first, .. whole]);
        return new RecurrentResult(outputs[^1], outputs[0], [.. outputs.Skip(zero.Count).Take(states.Count)]);
    }

    /// <summary>A state as the steps have it, with a dimension of steps.</summary>
    public static Value WithStep(LayerContext layer, Value state) =>
        layer.Emit(new Reshaping(), [state.Shape[0], 1, .. state.Shape.Skip(1)], state);

    /// <summary>A state as Keras has it.</summary>
    public static Value WithoutStep(LayerContext layer, Value state) =>
        layer.Emit(new Reshaping(), [state.Shape[0], .. state.Shape.Skip(2)], state);

    /// <summary>States before the first step.</summary>
    public static IReadOnlyList<Value> Zeros(LayerContext layer, IEnumerable<IReadOnlyList<int>> shapes) =>
        [.. shapes.Select(shape => layer.Constant("zero", shape, new float[TensorShape.Count(shape)]))];

    private static IReadOnlyList<int> Bias(RecurrentKind kind, RecurrentWeights weights) =>
        kind == RecurrentKind.GatedRecurrentUnitResetAfter ? [2, weights.Kernel.Shape[1]] : [weights.Kernel.Shape[1]];

    /// <summary>What a step gets of a tensor.</summary>
    private static Value Piece(Value whole) => new(whole.Name, [whole.Shape[0], 1, .. whole.Shape.Skip(2)], whole.Type);
}

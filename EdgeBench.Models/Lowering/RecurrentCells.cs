using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>One step of a cell: from the pieces of the projected sequence and the states to the next states, of which the first is the
/// step's output too.</summary>
internal delegate IReadOnlyList<Value> CellStep(IReadOnlyList<Value> pieces, IReadOnlyList<Value> states);

/// <summary>The cells of recurrent layers, from operators that every file has. What does not depend on the states is computed of all steps
/// at once.</summary>
internal static class RecurrentCells
{
    /// <summary>The part of a cell that needs no states, and its step.</summary>
    /// <param name="layer">The layer whose configuration names the functions.</param>
    /// <param name="kind">Which cell.</param>
    /// <param name="sequence">What it reads (batch, steps, features).</param>
    /// <param name="weights">Its weights.</param>
    public static (IReadOnlyList<Value> Projected, CellStep Step) Build(
        LayerContext layer, RecurrentKind kind, Value sequence, RecurrentWeights weights) => kind switch
        {
            RecurrentKind.LongShortTermMemory => LongShortTermMemory(layer, sequence, weights),
            RecurrentKind.Simple => (
                [layer.Weighted(sequence, weights.Kernel, weights.Bias)],
                (pieces, states) => Simple(layer, pieces[0], layer.Weighted(states[0], weights.Recurrent, null))),
            _ => Gated(layer, kind == RecurrentKind.GatedRecurrentUnitResetAfter, sequence, weights),
        };

    private static IReadOnlyList<Value> Simple(LayerContext layer, Value input, Value recurrent) =>
        [RecurrentActivation.Function(layer, layer.Add(input, recurrent))];

    private static (IReadOnlyList<Value> Projected, CellStep Step) LongShortTermMemory(
        LayerContext layer, Value sequence, RecurrentWeights weights)
    {
        var units = weights.Recurrent.Shape[0];
        var kernels = Gates(weights.Kernel, units);
        var recurrents = Gates(weights.Recurrent, units);
        var biases = weights.Bias is { } bias ? Gates(bias, units) : null;
        return ([.. kernels.Select((kernel, gate) => layer.Weighted(sequence, kernel, biases?[gate]))], Step);

        IReadOnlyList<Value> Step(IReadOnlyList<Value> pieces, IReadOnlyList<Value> states) => LongShortTermMemory(
            layer, [.. pieces.Zip(recurrents, (piece, kernel) => layer.Add(piece, layer.Weighted(states[0], kernel, null)))], states[1]);
    }

    /// <summary>Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="gates">What goes into the gates: input, forget, candidate, output.</param>
    /// <param name="cell">The cell so far.</param>
    public static IReadOnlyList<Value> LongShortTermMemory(LayerContext layer, IReadOnlyList<Value> gates, Value cell)
    {
        var entrance = RecurrentActivation.Gate(layer, gates[0]);
        var forget = RecurrentActivation.Gate(layer, gates[1]);
        var candidate = RecurrentActivation.Function(layer, gates[2]);
        var exit = RecurrentActivation.Gate(layer, gates[3]);
        var next = layer.Add(layer.Multiply(forget, cell), layer.Multiply(entrance, candidate));
        return [layer.Multiply(exit, RecurrentActivation.Function(layer, next)), next];
    }

    /// <summary>Cho et al. 2014; with the reset behind the product as in cuDNN.</summary>
    private static (IReadOnlyList<Value> Projected, CellStep Step) Gated(
        LayerContext layer, bool resetAfter, Value sequence, RecurrentWeights weights)
    {
        const int Candidate = 2;
        var units = weights.Recurrent.Shape[0];
        var kernels = Gates(weights.Kernel, units);
        var recurrents = Gates(weights.Recurrent, units);
        var biases = weights.Bias is { } bias ? Gates(bias, units) : null;
        Value? behindReset = null;
        if (resetAfter && biases is not null)
        {
            // Both biases of a gate are added to the same sum; that of the candidate's product is behind the reset.
            behindReset = Value.Computed(biases[Candidate].Name, [units], biases[Candidate].Exact()[units..]);
            biases = [.. biases.Select((both, gate) => Joined(both.Exact(), gate == Candidate, both.Name))];
        }

        return ([.. kernels.Select((kernel, gate) => layer.Weighted(sequence, kernel, biases?[gate]))], Step);

        IReadOnlyList<Value> Step(IReadOnlyList<Value> pieces, IReadOnlyList<Value> states)
        {
            var state = states[0];
            var update = RecurrentActivation.Gate(layer, layer.Add(pieces[0], layer.Weighted(state, recurrents[0], null)));
            var reset = RecurrentActivation.Gate(layer, layer.Add(pieces[1], layer.Weighted(state, recurrents[1], null)));
            var product = resetAfter
                ? layer.Multiply(reset, layer.Weighted(state, recurrents[Candidate], behindReset))
                : layer.Weighted(layer.Multiply(reset, state), recurrents[Candidate], null);
            var candidate = RecurrentActivation.Function(layer, layer.Add(pieces[Candidate], product));
            var distance = layer.Subtract(state, candidate);
            return [layer.Add(candidate, layer.Multiply(update, distance))];
        }

        Value Joined(double[] both, bool isCandidate, string name) => Value.Computed(
            name, [units], isCandidate ? both[..units] : [.. both.Take(units).Zip(both.Skip(units), (first, second) => first + second)]);
    }

    /// <summary>The columns of every gate. A product each, and no split between: XNNPACK of TFLite 2.9.0 does not split, and a file of
    /// which it takes every other operator loads slowly and runs slowly.</summary>
    private static Value[] Gates(Value matrix, int units) =>
        [.. Enumerable.Range(0, matrix.Shape[^1] / units).Select(gate => matrix.Channels(gate * units, units))];
}

/// <summary>The functions of recurrent layers.</summary>
internal static class RecurrentActivation
{
    /// <summary>What the gates apply.</summary>
    public static Value Gate(LayerContext layer, Value value)
    {
        const string Key = "recurrent_activation";
        return RecurrentWeights.IsOfCuDnn(layer) ? layer.Activate(value, ActivationKind.Sigmoid)
            : layer.Config.Find(Key) is null
            ? throw new LayerNotSupportedException($"its configuration lacks '{Key}'")
            : ActivationRules.Apply(layer, value, Key);
    }

    /// <summary>What the candidate applies, and the cell of a long short-term memory.</summary>
    public static Value Function(LayerContext layer, Value value) => RecurrentWeights.IsOfCuDnn(layer)
        ? layer.Activate(value, ActivationKind.Tanh)
        : ActivationRules.Apply(layer, value, "activation");

    /// <summary>A function as one operation; null where it is made of several.</summary>
    public static Operation? Single(LayerContext layer, Func<LayerContext, Value, Value> function)
    {
        var part = layer.Part([new Value("x", [1, 1, 1])], inputs => [function(layer, inputs[0])]);
        return part.Operators switch
        {
            [] => new Identity(),
            [var step] => step.Operation,
            _ => null,
        };
    }
}

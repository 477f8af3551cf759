namespace EdgeBench.Models.Graphs;

/// <summary>
/// The same steps for every place along the second dimension of some tensors, each with what the one before left as its states. Inputs:
/// the first states, then the tensors. Outputs: the last states, then a tensor for every further output of a step, its pieces in the order
/// of the input.
/// </summary>
/// <param name="Step">One step. Inputs: states, then a piece of each tensor, whose second dimension is 1. Outputs: the next states, then
/// pieces.</param>
/// <param name="States">Number of states.</param>
/// <param name="Backwards">Whether the last place comes first.</param>
internal sealed record Scan(Graph Step, int States, bool Backwards) : Operation
{
    /// <summary>How many places there are.</summary>
    /// <param name="step">The operator.</param>
    public int Count(Operator step) => step.Inputs[States].Shape[1];
}

/// <summary>
/// A recurrent layer, which some files have an operator for. Inputs: sequence (batch, steps, features), kernel (features, gates * units),
/// recurrent kernel (units, gates * units), bias (gates * units; for a GRU that resets after the product (2, gates * units)), then the
/// first states (batch, units) where they are not zero, and a mask (batch, steps, 1) where there is one. Outputs: the outputs of all
/// steps (batch, steps, units) in the order of the input, that of the last step (batch, units), then the last states (batch, units).
/// </summary>
/// <param name="Cell">What a step computes.</param>
/// <param name="Backwards">Whether the last step comes first.</param>
/// <param name="HasBias">Whether the layer has a bias; else that is all zeros.</param>
/// <param name="HasStates">Whether it begins with states that are given.</param>
/// <param name="HasMask">Whether there is a mask.</param>
/// <param name="Parts">The same as simpler operators, from the inputs that are no constants to the same outputs.</param>
internal sealed record Recurrence(
    RecurrentCell Cell, bool Backwards, bool HasBias, bool HasStates, bool HasMask, Graph Parts) : Operation
{
    /// <summary>Place of the first states among the inputs, where there are some.</summary>
    public const int FirstState = 4;

    /// <summary>Place of the last states among the outputs.</summary>
    public const int LastState = 2;
}

/// <summary>The cells of recurrent layers.</summary>
internal enum RecurrentKind
{
    /// <summary>Gates in the order input, forget, candidate, output. States: output, cell.</summary>
    LongShortTermMemory,

    /// <summary>Gates in the order update, reset, candidate; the reset comes before the product with the recurrent kernel.</summary>
    GatedRecurrentUnit,

    /// <summary>The same with the reset behind the product.</summary>
    GatedRecurrentUnitResetAfter,

    /// <summary>One matrix, no gates.</summary>
    Simple,
}

/// <summary>What a step of a recurrent layer computes.</summary>
/// <param name="Kind">Which cell.</param>
/// <param name="Gate">Function of its gates; null where that is not one function of each element, or there are no gates.</param>
/// <param name="Function">Function of its candidate and, in a long short-term memory, of its cell; null as before, identity where
/// linear.</param>
internal sealed record RecurrentCell(RecurrentKind Kind, Operation? Gate, Operation? Function);

using System.Collections.Frozen;
using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Tflite;

/// <summary>The form of every operation in TFLite: a line each, in alphabetical order.</summary>
internal static class TfliteForms
{
    private delegate void Emitting(TfliteGraphBuilder builder, Operator step, FusedActivation activation);

    /// <param name="Emit">Adds the operators.</param>
    /// <param name="Fuses">Whether it applies an activation to its results itself.</param>
    private sealed record Form(Emitting Emit, bool Fuses);

    private static readonly FrozenDictionary<Type, Form> Forms = FrozenDictionary.ToFrozenDictionary<Type, Form>(
    [
        Of<Activation>(ActivationEmitter.Emit),
        Fusing<Arithmetic>(ElementEmitter.Emit),
        Of<Concatenation>(StructureEmitter.Emit),
        Fusing<Convolution>(WindowEmitter.Emit),
        Fusing<MatrixProduct>(ProductEmitter.EmitMatrixProduct),
        Of<Padding>(StructureEmitter.Emit),
        Fusing<Pooling>(WindowEmitter.Emit),
        Of<Reduction>(ReductionEmitter.Emit),
        Of<Reshaping>(StructureEmitter.EmitReshaping),
        Fusing<ScaleShift>(ElementEmitter.Emit),
        Of<Softmax>(ElementEmitter.Emit),
    ]);

    /// <summary>Whether an operation applies an activation to its results itself.</summary>
    public static bool Fuses(Operation operation) => Forms.TryGetValue(operation.GetType(), out var form) && form.Fuses;

    /// <summary>Adds the operators that compute what an operator of the graph does.</summary>
    /// <exception cref="Keras.LayerNotSupportedException">TFLite cannot express it.</exception>
    public static void Emit(TfliteGraphBuilder builder, Operator step, FusedActivation activation)
    {
        if (!Forms.TryGetValue(step.Operation.GetType(), out var form))
        {
            throw new NotSupportedException($"no TFLite form of {step.Operation.GetType().Name}");
        }

        form.Emit(builder, step, activation);
    }

    private static KeyValuePair<Type, Form> Of<T>(Action<TfliteGraphBuilder, Operator, T> emit)
        where T : Operation =>
        new(typeof(T), new Form((builder, step, _) => emit(builder, step, (T)step.Operation), Fuses: false));

    private static KeyValuePair<Type, Form> Of<T>(Action<TfliteGraphBuilder, Operator> emit)
        where T : Operation => new(typeof(T), new Form((builder, step, _) => emit(builder, step), Fuses: false));

    private static KeyValuePair<Type, Form> Fusing<T>(Action<TfliteGraphBuilder, Operator, T, FusedActivation> emit)
        where T : Operation =>
        new(typeof(T), new Form((builder, step, activation) => emit(builder, step, (T)step.Operation, activation), Fuses: true));

    private static KeyValuePair<Type, Form> Fusing<T>(Action<TfliteGraphBuilder, Operator, FusedActivation> emit)
        where T : Operation =>
        new(typeof(T), new Form((builder, step, activation) => emit(builder, step, activation), Fuses: true));
}

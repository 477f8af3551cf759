using System.Collections.Frozen;
using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Tflite;

/// <summary>The form of every operation in TFLite: a line each, in alphabetical order.</summary>
internal static class TfliteForms
{
    private delegate void Emitting(TfliteGraphBuilder builder, Operator step, FusedActivation activation);

    /// <param name="Emit">Adds the operators.</param>
    /// <param name="Fuses">Whether it applies an activation to its results itself.</param>
    private sealed record Form(Emitting Emit, Func<Operation, bool> Fuses);

    private static readonly FrozenDictionary<Type, Form> Forms = FrozenDictionary.ToFrozenDictionary<Type, Form>(
    [
        Of<Activation>(ActivationEmitter.Emit),
        Of<ArgumentOf>(ReductionEmitter.Emit),
        Fusing<Arithmetic>(ElementEmitter.Emit, ElementEmitter.Fuses),
        Of<BatchedMatrixProduct>(ProductEmitter.Emit),
        Of<Cast>(ElementEmitter.Emit),
        Of<Comparison>(ElementEmitter.Emit),
        Of<Concatenation>(StructureEmitter.Emit),
        Fusing<Convolution>(WindowEmitter.Emit),
        Of<CumulativeSum>(StructureEmitter.Emit),
        Of<DepthToSpace>(StructureEmitter.Emit),
        Of<Gather>(StructureEmitter.Emit),
        Of<Logic>(ElementEmitter.Emit),
        Fusing<MatrixProduct>(ProductEmitter.EmitMatrixProduct),
        Of<OneHot>(StructureEmitter.Emit),
        Of<PartReplacement>(StructureEmitter.EmitPartReplacement),
        Of<Padding>(StructureEmitter.Emit),
        Of<ParametricRelu>(ElementEmitter.EmitParametricRelu),
        Fusing<Pooling>(WindowEmitter.Emit),
        Of<Recurrence>(RecurrentEmitter.Emit),
        Of<Reduction>(ReductionEmitter.Emit),
        Of<Resampling>(ResamplingEmitter.Emit),
        Of<Reshaping>(StructureEmitter.EmitReshaping),
        Of<RootMeanSquareScaling>(NormalizationEmitter.Emit),
        Fusing<ScaleShift>(ElementEmitter.Emit),
        Of<Selection>(ElementEmitter.EmitSelection),
        Of<Slicing>(StructureEmitter.Emit),
        Of<Softmax>(ElementEmitter.Emit),
        Of<SpaceToDepth>(StructureEmitter.Emit),
        Of<Splitting>(StructureEmitter.Emit),
        Of<Stacking>(StructureEmitter.Emit),
        Of<Standardization>(NormalizationEmitter.Emit),
        Of<Tile>(StructureEmitter.Emit),
        Of<TopElements>(StructureEmitter.Emit),
        Of<TransposedConvolution>(TransposedConvolutionEmitter.Emit),
        Of<Transposition>(StructureEmitter.Emit),
        Of<Unary>(UnaryEmitter.Emit),
        Of<Unstacking>(StructureEmitter.Emit),
        Of<UnitScaling>(NormalizationEmitter.Emit),
        Of<WhileLoop>(RecurrentEmitter.Emit),
    ]);

    /// <summary>Whether an operation applies an activation to its results itself.</summary>
    public static bool Fuses(Operation operation) => Forms.TryGetValue(operation.GetType(), out var form) && form.Fuses(operation);

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
        new(typeof(T), new Form((builder, step, _) => emit(builder, step, (T)step.Operation), Never));

    private static KeyValuePair<Type, Form> Of<T>(Action<TfliteGraphBuilder, Operator> emit)
        where T : Operation => new(typeof(T), new Form((builder, step, _) => emit(builder, step), Never));

    private static KeyValuePair<Type, Form> Fusing<T>(
        Action<TfliteGraphBuilder, Operator, T, FusedActivation> emit, Func<T, bool>? fuses = null)
        where T : Operation => new(typeof(T), new Form(
            (builder, step, activation) => emit(builder, step, (T)step.Operation, activation),
            operation => fuses is null || fuses((T)operation)));

    private static KeyValuePair<Type, Form> Fusing<T>(Action<TfliteGraphBuilder, Operator, FusedActivation> emit)
        where T : Operation =>
        new(typeof(T), new Form((builder, step, activation) => emit(builder, step, activation), _ => true));

    private static bool Never(Operation _) => false;
}

using System.Collections.Frozen;
using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Onnx;

/// <summary>The form of every operation in ONNX: a line each, in alphabetical order.</summary>
internal static class OnnxForms
{
    private static readonly FrozenDictionary<Type, Action<OnnxGraphBuilder, Operator>> Forms =
        FrozenDictionary.ToFrozenDictionary<Type, Action<OnnxGraphBuilder, Operator>>(
        [
            Of<Activation>(ActivationEmitter.Emit),
            Of<ArgumentOf>(ReductionEmitter.Emit),
            Of<Arithmetic>(ElementEmitter.Emit),
            Of<BatchedMatrixProduct>(ProductEmitter.Emit),
            Of<Cast>(ElementEmitter.Emit),
            Of<Comparison>(ElementEmitter.Emit),
            Of<Concatenation>(StructureEmitter.Emit),
            Of<Convolution>(WindowEmitter.Emit),
            Of<CumulativeSum>(StructureEmitter.Emit),
            Of<DepthToSpace>(StructureEmitter.Emit),
            Of<Gather>(StructureEmitter.Emit),
            Of<Logic>(ElementEmitter.Emit),
            Of<MatrixProduct>(ProductEmitter.EmitMatrixProduct),
            Of<OneHot>(StructureEmitter.Emit),
            Of<Padding>(StructureEmitter.Emit),
            Of<ParametricRelu>(ElementEmitter.EmitParametricRelu),
            Of<Pooling>(WindowEmitter.Emit),
            Of<Recurrence>(RecurrentEmitter.Emit),
            Of<Reduction>(ReductionEmitter.Emit),
            Of<Resampling>(ResamplingEmitter.Emit),
            Of<Reshaping>(StructureEmitter.EmitReshaping),
            Of<RootMeanSquareScaling>(NormalizationEmitter.Emit),
            Of<ScaleShift>(ElementEmitter.Emit),
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
            Of<Unary>(ElementEmitter.Emit),
            Of<Unstacking>(StructureEmitter.Emit),
            Of<UnitScaling>(NormalizationEmitter.Emit),
        ]);

    /// <summary>Adds the nodes that compute what an operator does.</summary>
    public static void Emit(OnnxGraphBuilder builder, Operator step)
    {
        if (!Forms.TryGetValue(step.Operation.GetType(), out var form))
        {
            throw new NotSupportedException($"no ONNX form of {step.Operation.GetType().Name}");
        }

        form(builder, step);
    }

    private static KeyValuePair<Type, Action<OnnxGraphBuilder, Operator>> Of<T>(Action<OnnxGraphBuilder, Operator, T> emit)
        where T : Operation => new(typeof(T), (builder, step) => emit(builder, step, (T)step.Operation));

    private static KeyValuePair<Type, Action<OnnxGraphBuilder, Operator>> Of<T>(Action<OnnxGraphBuilder, Operator> emit)
        where T : Operation => new(typeof(T), emit);
}

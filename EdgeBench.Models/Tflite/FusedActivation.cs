using EdgeBench.Models.Graphs;
using EdgeBench.Models.Passes;

namespace EdgeBench.Models.Tflite;

/// <summary>What an operator applies to its results itself, with the codes in the schema.</summary>
internal enum FusedActivation
{
    None = 0,
    Relu = 1,
    ReluN1To1 = 2,
    Relu6 = 3,
    Tanh = 4,
}

/// <summary>Which activations vanish in the operators before them: as in TensorFlow's converter, those that convolutions, matrix products,
/// poolings and arithmetic apply themselves, where nothing else reads what they compute.</summary>
internal static class ActivationFusion
{
    /// <summary>Name of the option with the activation that an operator applies itself.</summary>
    public const string Option = "fusedActivationFunction";

    /// <summary>Options of an operator that has only the activation.</summary>
    public static Dictionary<string, double> Options(FusedActivation activation) => new() { [Option] = (double)activation };

    /// <summary>The activation behind each operator that takes one in.</summary>
    public static Dictionary<Operator, Operator> Find(Graph graph)
    {
        var uses = new GraphUses(graph);
        return graph.Operators
            .Where(step => TfliteForms.Fuses(step.Operation)
                && uses.IsPrivate(step.Output) && Fused(uses.Readers(step.Output)[0].Operation) != FusedActivation.None)
            .ToDictionary(step => step, step => uses.Readers(step.Output)[0]);
    }

    /// <summary>What an operation is inside another one.</summary>
    public static FusedActivation Fused(Operation? operation) => operation switch
    {
        Activation { Kind: ActivationKind.Relu } => FusedActivation.Relu,
        Activation { Kind: ActivationKind.Clip, Alpha: 0, Beta: 6 } => FusedActivation.Relu6,
        Activation { Kind: ActivationKind.Clip, Alpha: -1, Beta: 1 } => FusedActivation.ReluN1To1,
        _ => FusedActivation.None,
    };
}

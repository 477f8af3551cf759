namespace EdgeBench.Messages.Tasks;

/// <summary>The names of the precisions that a model can be converted to.</summary>
public static class Precision
{
    /// <summary>Weights and arithmetic in 32-bit floating point, as Keras keeps them.</summary>
    public const string Single = "fp32";

    /// <summary>8-bit weights and activations, which need samples or measured ranges.</summary>
    public const string Integer = "int8";

    /// <summary>All of them: 32-bit and 16-bit floating point; 8-bit weights alone; 8-bit weights and activations.</summary>
    public static IReadOnlyList<string> All { get; } = [Single, "fp16", "dynamic", Integer];
}

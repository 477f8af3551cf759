namespace EdgeBench.Models.Keras;

/// <summary>Everything that stands against a model whose file was understood.</summary>
internal sealed class ModelRefusedException(IReadOnlyList<ModelProblem> problems) : Exception(string.Join("; ", problems))
{
    /// <summary>All of it.</summary>
    public IReadOnlyList<ModelProblem> Problems { get; } = problems;
}

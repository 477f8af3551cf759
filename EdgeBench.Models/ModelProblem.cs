namespace EdgeBench.Models;

/// <summary>One reason why a model is not accepted.</summary>
/// <param name="Layer">Name of the layer, with those of the enclosing models in front; null where the file as a whole is meant.</param>
/// <param name="ClassName">Class of the layer; null where the file as a whole is meant.</param>
/// <param name="Reason">What is wrong, and what to do about it.</param>
public sealed record ModelProblem(string? Layer, string? ClassName, string Reason);

namespace EdgeBench.Models.Keras;

/// <summary>A model's graph exists only in its author's Python code.</summary>
internal sealed class SubclassedModelException(string className) : Exception($"'{className}' has no graph in the file")
{
    /// <summary>The author's class.</summary>
    public string ClassName { get; } = className;
}

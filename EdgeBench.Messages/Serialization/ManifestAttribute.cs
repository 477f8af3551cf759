namespace EdgeBench.Messages.Serialization;

/// <summary>
/// By what a type is known on the wire and in the journal: a short name with a version. Once used it stands for ever for that shape; a
/// changed type
/// gets a new one, and the old shape stays readable.
/// </summary>
/// <param name="name">For example <c>reg1</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ManifestAttribute(string name) : Attribute
{
    /// <summary>The manifest.</summary>
    public string Name { get; } = name;
}

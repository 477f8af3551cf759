namespace EdgeBench.EdgeNode.Artifacts;

/// <summary>
/// The server does not hand an artifact out, or does not take it, and asking again would not change that. The message is for people.
/// </summary>
internal sealed class ArtifactRefusedException : Exception
{
    public ArtifactRefusedException()
    {
    }

    public ArtifactRefusedException(string message)
        : base(message)
    {
    }

    public ArtifactRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

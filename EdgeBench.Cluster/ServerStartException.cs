namespace EdgeBench.Cluster;

/// <summary>A server cannot start. The message is one line that says why and what to do.</summary>
public sealed class ServerStartException : Exception
{
    /// <summary>A reason.</summary>
    /// <param name="message">One line.</param>
    /// <param name="innerException">What was behind it.</param>
    public ServerStartException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

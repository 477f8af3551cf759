namespace EdgeBench.Cli;

/// <summary>Ends a command with a message for the user.</summary>
/// <param name="code">The exit code.</param>
/// <param name="message">One line: what is wrong and what to do.</param>
/// <param name="innerException">What <c>--verbose</c> shows as well.</param>
internal sealed class CommandException(ExitCode code, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The exit code.</summary>
    public ExitCode Code { get; } = code;
}

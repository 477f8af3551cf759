using Akka.Event;

namespace EdgeBench.Messages.Nodes;

/// <summary>
/// Takes the place of the logger that Akka writes standard output with before the host's logger is there and after it is gone: standard
/// output is the
/// command's own, and what fails at the start is thrown.
/// </summary>
internal sealed class SilentLogger : MinimalLogger
{
    /// <inheritdoc />
    protected override void Log(object message)
    {
    }
}

using EdgeBench.RunnerContract;

namespace EdgeBench.Runner;

/// <summary>What ends the evaluation with a <see cref="FailedLine"/>.</summary>
internal sealed class RunnerException(FailureCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Which kind of failure.</summary>
    public FailureCode Code { get; } = code;
}

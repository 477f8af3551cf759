using EdgeBench.Messages.Tasks;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>How an attempt ended on this device: either with a result and its raw samples, or with a failure.</summary>
internal sealed record AttemptOutcome
{
    private AttemptOutcome()
    {
    }

    public CellResult? Result { get; private init; }

    /// <summary>The content of the artifact <see cref="CellResult.Samples"/>; empty beside a failure.</summary>
    public ReadOnlyMemory<byte> Samples { get; private init; }

    public CellFailure? Failure { get; private init; }

    public static AttemptOutcome Measured(CellResult result, ReadOnlyMemory<byte> samples) => new() { Result = result, Samples = samples };

    public static AttemptOutcome Failed(CellFailure failure) => new() { Failure = failure };

    public static AttemptOutcome Failed(FailureKind kind, string message) => Failed(new CellFailure(kind, message));
}

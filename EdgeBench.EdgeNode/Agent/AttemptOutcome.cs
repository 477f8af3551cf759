using EdgeBench.Messages.Tasks;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>How an attempt ended on this device: either with a result and all that was recorded, or with a failure.</summary>
internal sealed record AttemptOutcome
{
    private AttemptOutcome()
    {
    }

    public CellResult? Result { get; private init; }

    /// <summary>The content of the artifact <see cref="CellResult.Raw"/>; empty beside a failure.</summary>
    public ReadOnlyMemory<byte> Raw { get; private init; }

    public CellFailure? Failure { get; private init; }

    public static AttemptOutcome Measured(CellResult result, ReadOnlyMemory<byte> raw) => new() { Result = result, Raw = raw };

    public static AttemptOutcome Failed(CellFailure failure) => new() { Failure = failure };

    public static AttemptOutcome Failed(FailureKind kind, string message) => Failed(new CellFailure(kind, message));
}

using EdgeBench.EdgeNode.Containers;

namespace EdgeBench.EdgeNode.Inference;

/// <summary>How a run ended.</summary>
public sealed record InferenceEnd
{
    /// <summary>Why it failed, or null where the runner did what it was asked to.</summary>
    public InferenceFailure? Failure { get; init; }

    /// <summary>The program's exit code, or null where it has none: not started, ended by us, or lost.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The engine that ran the container, or null for a child process and where none answered.</summary>
    public EngineFacts? Engine { get; init; }

    /// <summary>What the engine said about limits that it cannot keep.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

using EdgeBench.EdgeNode.Images;

namespace EdgeBench.EdgeNode.Inference;

/// <summary>Runs a runtime image's program on a job: in a container, or as a child process.</summary>
public interface IInferenceHost
{
    /// <summary>How it keeps the program apart from the rest of the machine.</summary>
    Isolation Isolation { get; }

    /// <summary>
    /// Runs the program once, from the image to its end. Whatever happens, nothing of it is left when the task ends, but for an engine that
    /// no longer answers: then what is left is removed before the next run.
    /// </summary>
    /// <param name="request">What to run.</param>
    /// <param name="progress">Is told what happens while it does, by one thread at a time.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>How it ended. Expected failures are part of this, no exceptions.</returns>
    Task<InferenceEnd> RunAsync(InferenceRequest request, IProgress<InferenceUpdate> progress, CancellationToken cancellation);

    /// <summary>Sees to it that a run with an image can begin at once: it is in the engine, or unpacked.</summary>
    /// <returns>Why not, or null.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> came.</exception>
    Task<InferenceFailure?> PrepareAsync(LocalImage image, CancellationToken cancellation);

    /// <summary>
    /// Ends and removes what earlier processes of the same data folder left running. To be called when the process starts.
    /// </summary>
    /// <returns>What was removed, for people; or, as the failure, why that could not be found out.</returns>
    Task<SweepResult> SweepAsync(CancellationToken cancellation);
}

/// <summary>What a sweep did.</summary>
/// <param name="Removed">The attempts whose leftovers were removed.</param>
/// <param name="Failure">Why not all could be removed, or null.</param>
public sealed record SweepResult(IReadOnlyList<string> Removed, InferenceFailure? Failure);

using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Inference;

/// <summary>
/// What happens during a run, in order: the image is ready, the runner is started, lines of it; and, some time after the start, which
/// process it is.
/// </summary>
public abstract record InferenceUpdate
{
    private InferenceUpdate()
    {
    }

    /// <summary>The image is there.</summary>
    /// <param name="Nanoseconds">How long that took.</param>
    /// <param name="Loaded">Whether it had to be loaded from its archive.</param>
    public sealed record ImageReady(long Nanoseconds, bool Loaded) : InferenceUpdate;

    /// <summary>The program is running.</summary>
    /// <param name="CreateNanoseconds">Making the container or the job folder, the model's files included.</param>
    /// <param name="StartNanoseconds">From the order to start until the engine, or the system, said that it runs.</param>
    public sealed record RunnerStarted(long CreateNanoseconds, long StartNanoseconds) : InferenceUpdate;

    /// <summary>The runner's process is known. Of a runner that ends at once it is never known.</summary>
    /// <param name="Process">The process.</param>
    public sealed record ProcessFound(HostProcess Process) : InferenceUpdate;

    /// <summary>The runner said something.</summary>
    /// <param name="Line">The line.</param>
    /// <param name="Nanoseconds">From the order to start until it came.</param>
    public sealed record RunnerSaid(RunnerLine Line, long Nanoseconds) : InferenceUpdate;
}

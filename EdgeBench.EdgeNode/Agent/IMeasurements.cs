using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>The measurements of this process, by attempt. They outlive an ActorSystem.</summary>
internal interface IMeasurements
{
    /// <summary>Whether an attempt's measurement was begun and not forgotten.</summary>
    bool Holds(AttemptId attempt);

    /// <summary>Begins a measurement; nothing happens where it was begun already.</summary>
    void Begin(ToDevice.RunCell assignment, FetchedFiles files);

    /// <summary>Follows a measurement that was begun to its end. The end can be had any number of times, until it is forgotten.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="progress">Told where it is, by any thread.</param>
    /// <param name="unfollow">Ends the following, not the measurement.</param>
    Task<AttemptOutcome> FollowAsync(AttemptId attempt, IProgress<AttemptPhase> progress, CancellationToken unfollow);

    /// <summary>Stops a measurement. It is gone, with its container or process, when the task ends; at once where there is none.</summary>
    Task StopAsync(AttemptId attempt);

    /// <summary>Forgets a measurement that has ended.</summary>
    Task ForgetAsync(AttemptId attempt);
}

/// <summary>Where a measurement is.</summary>
/// <param name="Name">What it is doing, in one or two words.</param>
/// <param name="Runs">The timed runs so far, over all starts.</param>
/// <param name="Start">Which fresh start it is at, from 1; 0 before the first.</param>
/// <param name="Starts">How many there will be, or at least.</param>
internal sealed record AttemptPhase(string Name, int Runs, int Start = 0, int Starts = 0);

/// <summary>An assignment's artifacts on this device.</summary>
/// <param name="Model">The path of the model.</param>
/// <param name="ImageTar">The path of the runtime image's tar, or null where the engine pulls the image from a registry.</param>
/// <param name="Inputs">The paths of the inputs that are given as files, in the order of the options.</param>
/// <param name="ModelNanoseconds">How long the model and the inputs took to come, or null where all were here.</param>
/// <param name="ImageNanoseconds">How long the image took to come, or null where it was here.</param>
internal sealed record FetchedFiles(
    string Model, string? ImageTar, IReadOnlyList<string> Inputs, long? ModelNanoseconds, long? ImageNanoseconds);

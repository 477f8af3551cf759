using System.Text.Json.Serialization;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Inference;

/// <summary>Why a run failed.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Message">What happened and, where that is known, what to do; one line.</param>
/// <param name="LastOutput">The end of what the runner wrote that is no line of the contract, or null where it wrote nothing.</param>
public sealed record InferenceFailure(InferenceFailureKind Kind, string Message, string? LastOutput = null);

/// <summary>The kinds of failures.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<InferenceFailureKind>))]
public enum InferenceFailureKind
{
    /// <summary>No engine answers.</summary>
    EngineNotRunning,

    /// <summary>
    /// The engine, or what it ran, went away in the middle: nobody's fault but the machine's, so another attempt may succeed.
    /// </summary>
    Lost,

    /// <summary>The image's archive is missing, damaged, of another architecture or not what it is said to be.</summary>
    ImageBroken,

    /// <summary>The program could not be started: the engine or the system refuses.</summary>
    NotStarted,

    /// <summary>The memory limit was reached.</summary>
    OutOfMemory,

    /// <summary>The time limit was reached.</summary>
    TimedOut,

    /// <summary>The program wrote more than it may.</summary>
    OutputLimit,

    /// <summary>The program does not keep to the runner contract.</summary>
    ContractBroken,

    /// <summary>The program ended before it had done what it was asked to, without saying why.</summary>
    EndedEarly,

    /// <summary>The runner said that the job is not valid.</summary>
    JobNotValid,

    /// <summary>The runner said that its runtime does not load the model.</summary>
    ModelNotLoaded,

    /// <summary>The runner said that a run of the model failed.</summary>
    RunFailed,

    /// <summary>The runner said that its runtime does not work on this machine.</summary>
    RuntimeNotUsable,

    /// <summary>It was stopped on request.</summary>
    Stopped,

    /// <summary>This machine's disk is full, or a file that the run needs cannot be read or written.</summary>
    DiskNotUsable,
}

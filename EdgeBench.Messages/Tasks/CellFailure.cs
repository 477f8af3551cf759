using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Tasks;

/// <summary>Why a cell, or one attempt at it, has no result.</summary>
/// <param name="Kind">Which kind of failure.</param>
/// <param name="Message">One line: what happened and what to do.</param>
/// <param name="LastOutput">The last lines that the evaluation program printed, where there are any.</param>
public sealed record CellFailure(FailureKind Kind, string Message, string? LastOutput = null);

/// <summary>Kinds of failures, by whose matter it is to do something.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<FailureKind>))]
public enum FailureKind
{
    /// <summary>The model is not accepted or cannot be expressed in the format.</summary>
    ModelRefused,

    /// <summary>The converted model does not compute what it should, so that its latency would mean nothing.</summary>
    CheckFailed,

    /// <summary>The runtime has no image for the device's architecture.</summary>
    ImageMissing,

    /// <summary>The image could not be fetched or loaded.</summary>
    ImageNotLoaded,

    /// <summary>An artifact could not be fetched.</summary>
    ArtifactNotFetched,

    /// <summary>The device has no container engine that answers, and was not told to run without one.</summary>
    EngineUnavailable,

    /// <summary>The runtime does not load the model.</summary>
    ModelNotLoaded,

    /// <summary>The evaluation program failed, crashed or printed what is not of the contract.</summary>
    RunnerFailed,

    /// <summary>The evaluation program wanted more memory than it may have.</summary>
    OutOfMemory,

    /// <summary>The evaluation program did not end in time.</summary>
    TimedOut,

    /// <summary>The evaluation program printed more than it may.</summary>
    OutputLimit,

    /// <summary>The run was lost: the device, its agent or its engine went away while it ran.</summary>
    Lost,

    /// <summary>The device was away for longer than it may be.</summary>
    DeviceLost,

    /// <summary>A user cancelled the task.</summary>
    Cancelled,

    /// <summary>Something on the device or the server that no other kind names.</summary>
    Internal,
}

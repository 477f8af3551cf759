using EdgeBench.EdgeNode.Images;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.Messages.Tasks;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Measurements;

/// <summary>What to measure for an attempt.</summary>
public sealed record MeasurementOrder
{
    /// <summary>The attempt's id.</summary>
    public required string Attempt { get; init; }

    /// <summary>The id of the server that asked for it, under which the result waits on disk.</summary>
    public required Guid Server { get; init; }

    /// <summary>The runtime image.</summary>
    public required LocalImage Image { get; init; }

    /// <summary>The job of every start.</summary>
    public required Job Job { get; init; }

    /// <summary>Where the files lie that the job names, by their names in the job folder.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>What each start may use up.</summary>
    public required InferenceLimits Limits { get; init; }

    /// <summary>
    /// How long the model's file, and inputs given as files, took to come from the server in nanoseconds; null where all were here.
    /// </summary>
    public long? ModelFetchNanoseconds { get; init; }

    /// <summary>How long the image's archive took to come from the server in nanoseconds, or null where it was here.</summary>
    public long? ImageFetchNanoseconds { get; init; }

    /// <summary>
    /// How much to measure: the starts, when to end, whether to measure memory. What a start does is in <see cref="Job"/>.
    /// </summary>
    public required MeasurementOptions Options { get; init; }

    /// <summary>What is known of the model.</summary>
    public required MeasuredModel Model { get; init; }

    /// <summary>The SHA-256 of each native library of the runtime in lower-case hexadecimal digits, by file name.</summary>
    public IReadOnlyDictionary<string, string> Libraries { get; init; } = new Dictionary<string, string>();
}

using EdgeBench.EdgeNode.Inference;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.EdgeNode.Observation;

/// <summary>
/// One start of the evaluation program under observation. It is told what the start's host reports, and knows from that which process to
/// follow and when the timed runs are.
/// </summary>
public interface IStartObservation : IProgress<InferenceUpdate>, IAsyncDisposable
{
    /// <summary>
    /// Ends it, after the start has ended: runs the calibration kernel again and sums up. To be called once. Disposing ends it too, without
    /// a result.
    /// </summary>
    /// <param name="cancellation">Ends the calibration.</param>
    Task<StartObserved> EndAsync(CancellationToken cancellation);
}

/// <summary>What was observed of one start.</summary>
public sealed record StartObserved
{
    /// <summary>
    /// What the device did during the timed runs. Where the start ended before them: from the order to start to its end.
    /// </summary>
    public required Telemetry Telemetry { get; init; }

    /// <summary>The single looks, from the order to start to the end.</summary>
    public required IReadOnlyList<TelemetrySample> Samples { get; init; }

    /// <summary>The memory that the start took, up to its end.</summary>
    public required MemoryRecord Memory { get; init; }

    /// <summary>See <see cref="StartRecord.ThreadsSeen"/>.</summary>
    public int? ThreadsSeen { get; init; }

    /// <summary>See <see cref="StartRecord.CpusSeen"/>.</summary>
    public string? CpusSeen { get; init; }

    /// <summary>See <see cref="StartRecord.CpusUsed"/>.</summary>
    public double? CpusUsed { get; init; }
}

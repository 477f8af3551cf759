using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.EdgeNode.Observation;

/// <summary>The machine that measurements run on, as far as it explains them.</summary>
public interface IMachine
{
    /// <summary>
    /// The machine's part of a <see cref="Fingerprint"/>: the facts that can move a latency and hold still while it is measured. Reads
    /// them anew; takes some milliseconds, and more where a tool of the board's maker has to be asked.
    /// </summary>
    /// <param name="engine">The container engine, or null where no container is used.</param>
    IReadOnlyList<NamedFact> ReadFacts(EngineFacts? engine);

    /// <summary>
    /// The same facts for an idle device, which wants them every few seconds: what stays until the machine is started again is read once,
    /// and a tool of the board's maker is asked once a minute.
    /// </summary>
    /// <inheritdoc cref="ReadFacts" path="/param"/>
    IReadOnlyList<NamedFact> WatchFacts(EngineFacts? engine);

    /// <summary>
    /// Begins to observe one start of the evaluation program, before it is started: runs the calibration kernel on its CPUs, then looks at
    /// the machine several times a second until the observation ends.
    /// </summary>
    /// <param name="start">What is started.</param>
    /// <param name="cancellation">Ends the calibration.</param>
    Task<IStartObservation> ObserveAsync(ObservedStart start, CancellationToken cancellation);

    /// <summary>The most arithmetic that the CPUs can do. Measured once a boot, which takes about two seconds, and remembered.</summary>
    /// <param name="type">The type of the numbers.</param>
    /// <param name="cpus">The CPUs that the evaluation program may use.</param>
    /// <param name="threads">Its threads; no more of them than CPUs count.</param>
    /// <param name="cancellation">Ends the measuring.</param>
    Task<ArithmeticPeak> PeakAsync(NumberType type, CpuSet cpus, int threads, CancellationToken cancellation);
}

/// <summary>A start that is to be observed.</summary>
/// <param name="Attempt">The attempt that it belongs to; its container is not counted among the others.</param>
/// <param name="Cpus">The CPUs that the evaluation program may use.</param>
public sealed record ObservedStart(string Attempt, CpuSet Cpus);

/// <summary>The types of numbers that networks compute with.</summary>
public enum NumberType
{
    /// <summary>Floating point of 32 bits: <c>fp32</c>.</summary>
    Float32,

    /// <summary>Floating point of 16 bits: <c>fp16</c>.</summary>
    Float16,

    /// <summary>Integers of 8 bits with sums of 32: <c>int8</c>.</summary>
    Int8,
}

/// <summary>The most arithmetic that a device can do.</summary>
/// <param name="OperationsPerSecond">Additions and multiplications per second, so a fused multiply-add counts two.</param>
/// <param name="Source">Where that comes from: <c>measured</c> and how, or who published it.</param>
public sealed record ArithmeticPeak(double OperationsPerSecond, string Source);

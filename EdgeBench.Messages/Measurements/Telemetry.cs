namespace EdgeBench.Messages.Measurements;

/// <summary>What the device did while one start's timed runs ran, and right before and after.</summary>
public sealed record Telemetry
{
    /// <summary>How long the observed time was, in nanoseconds.</summary>
    public required long Nanoseconds { get; init; }

    /// <summary>
    /// The clocks of the measured CPUs, one entry for each group of CPUs that share a clock; empty where the system does not tell.
    /// </summary>
    public IReadOnlyList<ClockReading> Clocks { get; init; } = [];

    /// <summary>The temperatures by thermal zone; empty where the system does not tell.</summary>
    public IReadOnlyList<TemperatureReading> Temperatures { get; init; } = [];

    /// <summary>
    /// Kinds of throttling that the firmware reported during that time, as <c>under-voltage</c>; empty where there was none.
    /// </summary>
    public IReadOnlyList<string> Throttling { get; init; } = [];

    /// <summary>Periods in which a CPU quota stopped the evaluation program; null where the system does not tell.</summary>
    public long? QuotaThrottledPeriods { get; init; }

    /// <summary>
    /// CPU time that others than the evaluation program used on the measured CPUs, in relation to the observed time: 1 is one whole CPU.
    /// </summary>
    public double? OtherLoad { get; init; }

    /// <summary>
    /// The others that used most on any CPU, the greatest first, over the whole start and not its timed runs alone. The edge node and the
    /// container engine are among them.
    /// </summary>
    public IReadOnlyList<ProcessLoad> OtherProcesses { get; init; } = [];

    /// <summary>Containers other than the measured one that ran during that time, by name.</summary>
    public IReadOnlyList<string> OtherContainers { get; init; } = [];

    /// <summary>The time that the host of a virtual machine took from the measured CPUs, in relation to their whole time, 0 to 1.</summary>
    public double? Steal { get; init; }

    /// <summary>The part of the time in which some task waited for a CPU (pressure stall information), 0 to 1.</summary>
    public double? CpuPressure { get; init; }

    /// <summary>
    /// The time in which threads of the evaluation program were ready but had no CPU, added up over its threads, in relation to the
    /// observed time. Unlike <see cref="OtherLoad"/> it is counted to the nanosecond, but it also counts a program with more threads than
    /// CPUs.
    /// </summary>
    public double? CpuWait { get; init; }

    /// <summary>Times that the evaluation program gave its CPU up by itself.</summary>
    public long? VoluntarySwitches { get; init; }

    /// <summary>Times that the evaluation program was moved off its CPU.</summary>
    public long? InvoluntarySwitches { get; init; }

    /// <summary>Pages of the evaluation program that had to be read from disk or swap; null where the system does not tell.</summary>
    public long? MajorFaults { get; init; }

    /// <summary>The calibration kernel right before the start, or null where it did not run.</summary>
    public CalibrationReading? CalibrationBefore { get; init; }

    /// <summary>The calibration kernel right after the start, or null where it did not run.</summary>
    public CalibrationReading? CalibrationAfter { get; init; }

    /// <summary>What could not be read, and why.</summary>
    public IReadOnlyList<NamedFact> Missing { get; init; } = [];
}

/// <summary>The clock of CPUs that share one, in kilohertz.</summary>
/// <param name="Cpus">The CPUs as a list of the kernel's form, as <c>0-3</c>.</param>
/// <param name="Minimum">The lowest that was seen.</param>
/// <param name="Mean">The mean, weighted by time where the kernel counts the time in each state.</param>
/// <param name="Maximum">The highest that was seen.</param>
/// <param name="Limit">The highest that the hardware allows.</param>
public sealed record ClockReading(string Cpus, long Minimum, double Mean, long Maximum, long? Limit);

/// <summary>A temperature in degrees Celsius.</summary>
/// <param name="Zone">The name of the thermal zone.</param>
/// <param name="Before">At the beginning.</param>
/// <param name="Maximum">The highest that was seen.</param>
public sealed record TemperatureReading(string Zone, double Before, double Maximum);

/// <summary>A process that is not the evaluation program.</summary>
/// <param name="Process">Its number; 0 for all together that have ended meanwhile.</param>
/// <param name="Name">Its name.</param>
/// <param name="Load">Its CPU time in relation to the observed time: 1 is one whole CPU.</param>
/// <param name="Cpu">The CPU that it was seen on last, or null.</param>
public sealed record ProcessLoad(int Process, string Name, double Load, int? Cpu = null);

/// <summary>Times of the calibration kernel, a fixed piece of arithmetic, in nanoseconds.</summary>
/// <param name="Minimum">The shortest of its runs.</param>
/// <param name="Median">The middle one of its runs.</param>
public sealed record CalibrationReading(long Minimum, long Median);

namespace EdgeBench.EdgeNode.Observation;

/// <summary>One look at the machine. What could not be read is null, or 0 in a list.</summary>
internal sealed record Look
{
    /// <summary>When, in nanoseconds of a clock that never goes back.</summary>
    public required long At { get; init; }

    /// <summary>The timed runs that had ended by then.</summary>
    public int Runs { get; init; }

    /// <summary>The clocks in kilohertz, in the order of the observed clocks.</summary>
    public IReadOnlyList<long> Kilohertz { get; init; } = [];

    /// <summary>The time of each clock at each of its frequencies, in hundredths of a second, in the same order.</summary>
    public IReadOnlyList<IReadOnlyDictionary<long, long>?> TimeInState { get; init; } = [];

    /// <summary>The temperatures in degrees Celsius, in the order of the observed zones.</summary>
    public IReadOnlyList<double> Celsius { get; init; } = [];

    /// <summary>The measured CPUs.</summary>
    public CpuTimes? Cpus { get; init; }

    /// <summary>The time in which some task waited for a CPU, in microseconds since boot.</summary>
    public long? CpuPressure { get; init; }

    /// <summary>The firmware's throttle bits.</summary>
    public uint? ThrottleBits { get; init; }

    /// <summary>What counts or says that something throttles, by the kind of throttling; 0 is nothing.</summary>
    public IReadOnlyDictionary<string, long> Throttles { get; init; } = new Dictionary<string, long>();

    /// <summary>The evaluation program; null before it is known and after it has ended.</summary>
    public RunnerUsage? Runner { get; init; }
}

/// <summary>What CPUs have done since boot, in nanoseconds, together.</summary>
/// <param name="Busy">Time in which they worked.</param>
/// <param name="Steal">Time that the host of a virtual machine took from them.</param>
/// <param name="Total">All their time.</param>
internal sealed record CpuTimes(long Busy, long Steal, long Total);

/// <summary>What the evaluation program has used since its start.</summary>
internal sealed record RunnerUsage
{
    /// <summary>The CPU time of all its threads, in nanoseconds.</summary>
    public required long Cpu { get; init; }

    /// <summary>The time in which its threads were ready but had no CPU, in nanoseconds.</summary>
    public long? Waiting { get; init; }

    /// <summary>Its threads that are alive.</summary>
    public IReadOnlyList<ThreadUsage> Threads { get; init; } = [];

    /// <summary>Times that its threads gave their CPU up by themselves.</summary>
    public long? VoluntarySwitches { get; init; }

    /// <summary>Times that its threads were moved off their CPU.</summary>
    public long? InvoluntarySwitches { get; init; }

    /// <summary>Its pages that had to be read from disk or swap.</summary>
    public long? MajorFaults { get; init; }

    /// <summary>Periods in which a CPU quota stopped it.</summary>
    public long? QuotaThrottledPeriods { get; init; }

    /// <summary>The peak of its control group's memory in bytes, as the kernel keeps it.</summary>
    public long? MemoryPeak { get; init; }

    /// <summary>Its control group's memory in bytes, where the kernel keeps no peak.</summary>
    public long? MemoryNow { get; init; }

    /// <summary>The peak of its resident memory in bytes.</summary>
    public long? ResidentPeak { get; init; }
}

/// <summary>A thread of the evaluation program.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Cpu">Its CPU time in nanoseconds.</param>
/// <param name="On">The CPU that it was on last.</param>
internal sealed record ThreadUsage(int Id, long Cpu, int On);

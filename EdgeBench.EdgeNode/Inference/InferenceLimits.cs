using EdgeBench.EdgeNode.Facts;

namespace EdgeBench.EdgeNode.Inference;

/// <summary>What a run may use up before it is ended.</summary>
public sealed record InferenceLimits
{
    /// <summary>Memory, with no swap beside it, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The CPUs it runs on. There is no quota: that would make some runs wait for 50 ms and more.</summary>
    public required CpuSet Cpus { get; init; }

    /// <summary>Processes and threads. Containers only.</summary>
    public int Pids { get; init; } = 256;

    /// <summary>Open files.</summary>
    public int OpenFiles { get; init; } = 1024;

    /// <summary>From the start of the program to its end.</summary>
    public TimeSpan WallTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Bytes on standard output and standard error together.</summary>
    public long OutputBytes { get; init; } = 256L << 20;
}

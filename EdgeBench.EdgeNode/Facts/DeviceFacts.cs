namespace EdgeBench.EdgeNode.Facts;

/// <summary>What a device says of itself when it registers, and what a result needs to be compared with others.</summary>
public sealed record DeviceFacts
{
    /// <summary>The host's name.</summary>
    public required Fact<string> HostName { get; init; }

    /// <summary>The machine's architecture as roles and images name it: <c>x64</c> or <c>arm64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>
    /// What kind of device it is, the part after <c>device-</c> in its role: <c>rpi4</c>, <c>jetson-nano</c>, ... or <c>generic</c>.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>The board by its device tree, else maker and product by the DMI table.</summary>
    public required Fact<string> BoardModel { get; init; }

    /// <summary>The distinct models of the CPU's cores, in the order of the cores.</summary>
    public required Fact<IReadOnlyList<string>> CpuModels { get; init; }

    /// <summary>The logical CPUs that are online.</summary>
    public required Fact<CpuSet> OnlineCpus { get; init; }

    /// <summary>The logical CPUs that this process may run on.</summary>
    public required Fact<CpuSet> AllowedCpus { get; init; }

    /// <summary>The memory that the kernel manages.</summary>
    public required Fact<MemorySize> TotalMemory { get; init; }

    /// <summary>The kernel's release.</summary>
    public required Fact<string> Kernel { get; init; }

    /// <summary>The distribution's name and version for people, such as <c>Debian GNU/Linux 12 (bookworm)</c>.</summary>
    public required Fact<string> OperatingSystem { get; init; }
}

/// <summary>An amount of memory.</summary>
/// <param name="Bytes">In bytes.</param>
public sealed record MemorySize(long Bytes)
{
    /// <summary>In MiB, for people.</summary>
    public override string ToString() => $"{Bytes >> 20} MiB";
}

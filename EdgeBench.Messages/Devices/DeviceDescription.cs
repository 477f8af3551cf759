using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Messages.Devices;

/// <summary>What an edge node says of itself when it registers. What the system does not tell is null.</summary>
public sealed record DeviceDescription
{
    /// <summary><c>x64</c> or <c>arm64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>The kind of board, as in the node's role: <c>generic</c>, <c>rpi4</c>, <c>jetson-nano</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>container</c> or <c>process</c>.</summary>
    public required string Isolation { get; init; }

    /// <summary>Why nothing can be measured now, with what to do, or null where all is well.</summary>
    public string? Problem { get; init; }

    /// <summary>The board's model.</summary>
    public string? Board { get; init; }

    /// <summary>The processor's name.</summary>
    public string? Processor { get; init; }

    /// <summary>The processors that are online.</summary>
    public required int Cores { get; init; }

    /// <summary>The memory in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The operating system's name.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>The kernel's release.</summary>
    public string? Kernel { get; init; }

    /// <summary>The container engine and its version.</summary>
    public string? Engine { get; init; }

    /// <summary>The version of the edge node.</summary>
    public required string EdgeVersion { get; init; }

    /// <summary>
    /// A hash over all facts of the device that can move a latency (its part of a <see cref="Measurements.Fingerprint"/>) and over its
    /// last boot: a result is used again only while it stays the same. Null where it is not known.
    /// </summary>
    public Sha256? Host { get; init; }

    /// <summary>The id of the machine's last boot, by which a server knows that it runs on the same one; null where it is not known.</summary>
    public string? Boot { get; init; }
}

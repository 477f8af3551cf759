using EdgeBench.Messages.Runtimes;

namespace EdgeBench.Cluster.Devices;

/// <summary>What the dispatch of cells to devices goes by.</summary>
internal sealed record DispatchSettings
{
    /// <summary>How often a device is to send a heartbeat.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For how long a device may be silent before it counts as away.</summary>
    public TimeSpan AwayAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long a device may be away before its cells end.</summary>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The id of the last boot of the server's machine; null where it is not known.</summary>
    public string? Boot { get; init; }

    /// <summary>The image of a runtime for an architecture, or null where there is none.</summary>
    public required Func<string, string, RuntimeImageRef?> FindImage { get; init; }

    /// <summary>All images for an architecture.</summary>
    public required Func<string, IReadOnlyList<RuntimeImageRef>> FindImages { get; init; }

    /// <summary>What to tell a user for whom there is no image of a runtime for an architecture.</summary>
    public required Func<string, string, string> ImageMissing { get; init; }
}

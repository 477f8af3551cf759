using System.Text.Json.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Messages.Devices;

/// <summary>A device as the coordinator sees it now.</summary>
public sealed record DeviceState
{
    /// <summary>Its identity.</summary>
    public required DeviceId Id { get; init; }

    /// <summary>What people call it.</summary>
    public required DeviceName Name { get; init; }

    /// <summary>What it said of itself.</summary>
    public required DeviceDescription Description { get; init; }

    /// <summary>How it stands.</summary>
    public required DevicePhase Phase { get; init; }

    /// <summary>The attempt it is at.</summary>
    public AttemptId? Attempt { get; init; }

    /// <summary>The runtime images that it gets ready, and how far each is.</summary>
    public IReadOnlyList<DeviceImage> Images { get; init; } = [];

    /// <summary>When its last heartbeat came.</summary>
    public required DateTimeOffset LastSeen { get; init; }
}

/// <summary>How a device stands.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<DevicePhase>))]
public enum DevicePhase
{
    /// <summary>Registered, and still stopping what no longer counts.</summary>
    Joining,

    /// <summary>It could begin now.</summary>
    Idle,

    /// <summary>It measures.</summary>
    Busy,

    /// <summary>Its heartbeats have stopped.</summary>
    Away,
}

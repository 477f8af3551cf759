using System.Collections.Immutable;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Devices;

/// <summary>A device that has registered since the coordinator was started.</summary>
internal sealed record DeviceSession
{
    /// <summary>Its identity.</summary>
    public required DeviceId Id { get; init; }

    /// <summary>The session it registered last.</summary>
    public required Guid Session { get; init; }

    /// <summary>What people call it.</summary>
    public required DeviceName Name { get; init; }

    /// <summary>What it says of itself.</summary>
    public required DeviceDescription Description { get; init; }

    /// <summary>The runtime images that it gets ready, and how far each is.</summary>
    public IReadOnlyList<DeviceImage> Images { get; init; } = [];

    /// <summary>When it was heard last.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>Whether it has gone, or has been silent for too long.</summary>
    public bool IsAway { get; init; }

    /// <summary>Whether it has said since its registration that it stopped all that no longer counts.</summary>
    public bool IsReady { get; init; }

    /// <summary>What occupies it.</summary>
    public DeviceWork? Work { get; init; }

    /// <summary>
    /// The attempts that it holds in some way by its own word, and that their tasks count as running: it is at them, or has a result that
    /// is still on the way.
    /// </summary>
    public ImmutableHashSet<AttemptId> Held { get; init; } = [];

    /// <summary>The number of its last heartbeat.</summary>
    public long LastBeat { get; init; } = -1;

    /// <summary>The attempt that it was given.</summary>
    public AttemptId? Attempt => (Work as DeviceWork.Given)?.Attempt;

    /// <summary>Whether it could begin now.</summary>
    public bool IsIdle => !IsAway && IsReady && Work is null && Description.Problem is null;

    /// <summary>How it stands, for people.</summary>
    public DeviceState ToState() => new()
    {
        Id = Id,
        Name = Name,
        Description = Description,
        Phase = IsAway ? DevicePhase.Away : Work is DeviceWork.Given ? DevicePhase.Busy : IsReady ? DevicePhase.Idle : DevicePhase.Joining,
        Attempt = Attempt,
        Images = Images,
        LastSeen = LastSeen,
    };
}

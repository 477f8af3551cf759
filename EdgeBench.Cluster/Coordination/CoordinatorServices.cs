using EdgeBench.Cluster.Access;
using EdgeBench.Cluster.Tasks;

namespace EdgeBench.Cluster.Coordination;

/// <summary>What the coordinator works with.</summary>
internal sealed record CoordinatorServices
{
    /// <summary>What its tasks work with.</summary>
    public required TaskServices Tasks { get; init; }

    /// <summary>The runtimes there are.</summary>
    public required IRuntimes Runtimes { get; init; }

    /// <summary>What lets devices in.</summary>
    public required AccessToken Token { get; init; }

    /// <summary>How often a device is to send a heartbeat.</summary>
    public required TimeSpan HeartbeatInterval { get; init; }

    /// <summary>For how long a device may be silent before it counts as away.</summary>
    public required TimeSpan AwayAfter { get; init; }

    /// <summary>For how long a device may be away before its cells end.</summary>
    public required TimeSpan LostAfter { get; init; }
}

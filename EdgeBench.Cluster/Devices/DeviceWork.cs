using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Devices;

/// <summary>What occupies a device.</summary>
internal abstract record DeviceWork
{
    /// <summary>A task was asked for an attempt at this cell; the device knows nothing of it yet.</summary>
    /// <param name="Cell">The cell.</param>
    /// <param name="Lender">The cell of another task that was asked for its result instead, or null.</param>
    public sealed record Reserved(CellId Cell, CellId? Lender = null) : DeviceWork;

    /// <summary>The device was given an attempt and has not answered for it.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Assignment">What it was told, to be told again; null where the device was given it by an earlier incarnation of the
    /// server.</param>
    /// <param name="GivenAt">When it was told last.</param>
    /// <param name="StopReason">Why it is to stop, or null where it is not to.</param>
    public sealed record Given(AttemptId Attempt, Assignment? Assignment, DateTimeOffset GivenAt, string? StopReason = null) : DeviceWork;
}

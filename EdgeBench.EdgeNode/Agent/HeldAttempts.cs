using System.Collections.Concurrent;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>
/// The attempts that this process has taken and not ended. They belong to the process, not to an ActorSystem: what a rebuilt one finds here
/// it goes
/// on with.
/// </summary>
internal sealed class HeldAttempts
{
    private readonly ConcurrentDictionary<AttemptId, ToDevice.RunCell> _held = [];

    public IReadOnlyCollection<ToDevice.RunCell> All => [.. _held.Values];

    public void Add(ToDevice.RunCell assignment) => _held[assignment.Attempt] = assignment;

    public void Remove(AttemptId attempt) => _held.TryRemove(attempt, out _);
}

using System.Collections.Concurrent;
using EdgeBench.EdgeNode.Data;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>
/// Outcomes of measurements from the spool on disk, where the measurement itself put them when it ended; and in memory those that cost
/// nothing to come to
/// again, as that a model could not be fetched, and those for which the disk had no room.
/// </summary>
internal sealed class Outcomes(ResultSpool spool, OutcomeTranslation translation) : IOutcomes
{
    private readonly ConcurrentDictionary<(ServerId Server, AttemptId Attempt), AttemptOutcome> _inMemory = [];

    public IReadOnlyCollection<AttemptId> All =>
        [.. spool.Servers.SelectMany(OnDisk).Concat(_inMemory.Keys.Select(key => key.Attempt)).Distinct()];

    public IReadOnlyList<(AttemptId Attempt, AttemptOutcome Outcome)> Of(ServerId server) =>
    [
        .. from attempt in OnDisk(server.Value)
           let result = spool.Read(server.Value, attempt.ToString())
           where result is not null
           select (attempt, translation.Of(result)),
        .. from entry in _inMemory
           where entry.Key.Server == server
           select (entry.Key.Attempt, entry.Value),
    ];

    public void Keep(ServerId server, AttemptId attempt, AttemptOutcome outcome)
    {
        if (!OnDisk(server.Value).Contains(attempt))
        {
            _inMemory[(server, attempt)] = outcome;
        }
    }

    public void Forget(ServerId server, AttemptId attempt)
    {
        _inMemory.TryRemove((server, attempt), out _);
        spool.Remove(server.Value, attempt.ToString());
    }

    private IEnumerable<AttemptId> OnDisk(Guid server) =>
        from text in spool.List(server)
        let attempt = AttemptId.TryParse(text, null, out var id) ? id : null
        where attempt is not null
        select attempt;
}

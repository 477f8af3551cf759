using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>Outcomes on disk, until the server that asked for them has given its final answer.</summary>
internal interface IOutcomeSpool
{
    /// <summary>The attempts whose outcome waits here, for whichever server.</summary>
    IReadOnlyCollection<AttemptId> All { get; }

    /// <summary>The outcomes that wait for a server, the oldest first.</summary>
    IReadOnlyList<(AttemptId Attempt, AttemptOutcome Outcome)> Read(ServerId server);

    /// <summary>Keeps an outcome; it is on disk when this returns.</summary>
    /// <exception cref="IOException">It is not; the message says what to do.</exception>
    void Write(ServerId server, AttemptId attempt, AttemptOutcome outcome);

    /// <summary>Forgets an outcome. Nothing happens where there is none.</summary>
    void Remove(ServerId server, AttemptId attempt);
}

using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>The outcomes that wait for the final answer of the server that asked for them. They outlive an ActorSystem.</summary>
internal interface IOutcomes
{
    /// <summary>The attempts whose outcome waits here, for whichever server.</summary>
    IReadOnlyCollection<AttemptId> All { get; }

    /// <summary>The outcomes that wait for a server, the oldest first.</summary>
    IReadOnlyList<(AttemptId Attempt, AttemptOutcome Outcome)> Of(ServerId server);

    /// <summary>Keeps an outcome.</summary>
    void Keep(ServerId server, AttemptId attempt, AttemptOutcome outcome);

    /// <summary>Forgets an outcome. Nothing happens where there is none.</summary>
    void Forget(ServerId server, AttemptId attempt);
}

using EdgeBench.Messages.Clients;

namespace EdgeBench.Cluster.Coordination;

/// <summary>Why something is not done, as a value.</summary>
/// <param name="Code">Which kind.</param>
/// <param name="Message">One line: why, and what to do.</param>
internal sealed record Refusal(RefusalCode Code, string Message)
{
    /// <summary>What the client is answered.</summary>
    public ClientReplies.Refused ToReply() => new(Code, Message);
}

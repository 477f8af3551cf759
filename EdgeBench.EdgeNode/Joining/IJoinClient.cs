using EdgeBench.Messages.Joining;

namespace EdgeBench.EdgeNode.Joining;

/// <summary>The server's door.</summary>
internal interface IJoinClient
{
    /// <summary>The address of this host by which it reaches the server.</summary>
    Task<LocalAddress> FindLocalAddressAsync(CancellationToken cancellation);

    /// <summary>Asks to be let in.</summary>
    Task<JoinReply> AskAsync(JoinRequest request, CancellationToken cancellation);
}

/// <summary>The address of this host by which it reaches the server.</summary>
/// <param name="Address">The IP address, or null where the server cannot be reached.</param>
/// <param name="Problem">Why not, for people, or null where it can.</param>
internal sealed record LocalAddress(string? Address, string? Problem);

/// <summary>Whether the server lets this node in.</summary>
internal sealed record JoinReply
{
    private JoinReply()
    {
    }

    /// <summary>The server's answer, or null where it does not let this node in.</summary>
    public JoinAnswer? Answer { get; private init; }

    /// <summary>Why not, for people.</summary>
    public string? Problem { get; private init; }

    public static JoinReply Accepted(JoinAnswer answer) => new() { Answer = answer };

    public static JoinReply Refused(string problem) => new() { Problem = problem };
}

using Akka.Configuration;

namespace EdgeBench.Messages.Nodes;

/// <summary>What differs from node to node.</summary>
public sealed record NodeOptions
{
    /// <summary>What the node is.</summary>
    public required NodeKind Kind { get; init; }

    /// <summary>Its roles beside the one of its kind.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The address it listens on for other nodes.</summary>
    public string ListenAddress { get; init; } = "127.0.0.1";

    /// <summary>The host name by which others reach it; null where that is the address it listens on.</summary>
    public string? PublicHost { get; init; }

    /// <summary>The port it listens on; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Settings that count over the static ones.</summary>
    public Config? Settings { get; init; }
}

using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Observation;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Nodes;

namespace EdgeBench.EdgeNode;

/// <summary>What an edge node must be told, and what it may be told.</summary>
public sealed record EdgeOptions
{
    /// <summary>The server to join.</summary>
    public required ServerAddress Join { get; init; }

    /// <summary>The server's token.</summary>
    public required string Token { get; init; }

    /// <summary>The data folder; made where it is not there.</summary>
    public required string Data { get; init; }

    /// <summary>What people call the device; the host's name where it is null.</summary>
    public DeviceName? Name { get; init; }

    /// <summary>How the runner is kept apart. Without a container only where somebody said so.</summary>
    public Isolation Isolation { get; init; } = Isolation.Container;

    /// <summary>The container engine's address; null finds it by the conventions of the engines' own tools.</summary>
    public Uri? Engine { get; init; }

    /// <summary>
    /// The name or address by which the server reaches this host; null takes the address of the interface that reaches the server.
    /// </summary>
    public string? PublicHost { get; init; }

    /// <summary>The port on which the server reaches this node; null takes a free one, and the same again after a restart.</summary>
    public int? Port { get; init; }

    /// <summary>
    /// The folder of the runtime images that came with the program, which need not be fetched where the server names them; null where
    /// there are none.
    /// </summary>
    public string? PackagedImages { get; init; }

    /// <summary>The file by which all edge nodes of this host take turns.</summary>
    public string HostLockFile { get; init; } = HostLock.DefaultPath;

    /// <summary>What tells of the machine that is measured; null is the one that this process runs on.</summary>
    public IMachine? Machine { get; init; }
}

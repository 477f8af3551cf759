using Akka.Actor;
using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Cluster.Tasks;

/// <summary>What a task works with.</summary>
internal sealed record TaskServices
{
    /// <summary>Converts models.</summary>
    public required IActorRef Converter { get; init; }

    /// <summary>Whether an artifact is in the store.</summary>
    public required Func<ArtifactRef, bool> HasArtifact { get; init; }

    /// <summary>The server's clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The server's version, for the record.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>How long a question for events is held back where there are none.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an ended task stays in memory when nobody asks for it.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(2);
}

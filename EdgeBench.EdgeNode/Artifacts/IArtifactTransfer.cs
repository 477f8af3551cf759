using EdgeBench.Messages.Artifacts;

namespace EdgeBench.EdgeNode.Artifacts;

/// <summary>Brings artifacts from the server and to it.</summary>
internal interface IArtifactTransfer
{
    /// <summary>Brings an artifact here, unless it is here already.</summary>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    Task<Fetched> FetchAsync(ArtifactRef artifact, CancellationToken cancellation);

    /// <summary>Brings an artifact to the server, unless it is there already.</summary>
    /// <returns>Null where the server has it, else why not, for people.</returns>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    Task<string?> UploadAsync(ArtifactRef artifact, ReadOnlyMemory<byte> content, CancellationToken cancellation);
}

/// <summary>What became of fetching an artifact.</summary>
/// <param name="Path">The path of the whole, checked file, or null where it is not here.</param>
/// <param name="Problem">Why it is not here, for people, or null where it is.</param>
/// <param name="WasHere">Whether nothing had to be fetched.</param>
internal sealed record Fetched(string? Path, string? Problem, bool WasHere);

namespace EdgeBench.Messages.Artifacts;

/// <summary>An immutable file in the artifact store. Big things travel as these; their bytes go over HTTP.</summary>
/// <param name="Sha256">The hash of its bytes, which is its name.</param>
/// <param name="Size">Its length in bytes.</param>
public sealed record ArtifactRef(Sha256 Sha256, long Size);

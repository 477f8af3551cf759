using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Packaging;

/// <summary>A package as it was written.</summary>
/// <param name="Path">The archive. Its hash lies beside it, in the form that <c>sha256sum --check</c> reads.</param>
/// <param name="Sha256">The SHA-256 of the archive in lower-case hexadecimal digits.</param>
/// <param name="Bytes">Its size in bytes.</param>
/// <param name="Images">The runtime images inside.</param>
public sealed record Package(string Path, string Sha256, long Bytes, IReadOnlyList<RuntimeImage> Images);

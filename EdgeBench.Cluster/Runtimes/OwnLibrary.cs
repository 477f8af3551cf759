namespace EdgeBench.Cluster.Runtimes;

/// <summary>A user's own build of a runtime's native library, to take the place of the one that EdgeBench would fetch.</summary>
/// <param name="Path">The file.</param>
/// <param name="Version">
/// Its version. Null leaves it to be asked; that takes a library for this machine's processor, as it must be loaded.
/// </param>
public sealed record OwnLibrary(string Path, string? Version);

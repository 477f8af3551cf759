using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>Native libraries that were fetched, by their hashes.</summary>
/// <param name="folder">The folder; it need not exist yet.</param>
internal sealed class LibraryCache(string folder)
{
    /// <summary>A library, fetched where it is not here yet.</summary>
    /// <param name="library">Which.</param>
    /// <param name="archive">The package that holds it, where it was fetched before; or null.</param>
    /// <param name="progress">Gets a line for each step; or null.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The library's file.</returns>
    /// <exception cref="RuntimeBuildException">It cannot be had here, or is not what it must be.</exception>
    public async Task<string> FetchAsync(
        PinnedLibrary library, string? archive, IProgress<string>? progress, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, library.Sha256, library.Name);
        if (File.Exists(file) && Sha256.OfFile(file).Hex == library.Sha256)
        {
            return file;
        }

        var package = PublishedPackage.Of(library);
        if (archive is not null && !File.Exists(archive))
        {
            throw new RuntimeBuildException($"--from: there is no file {archive}");
        }

        progress?.Report($"{(archive is null ? "fetching" : "taking")} {library.Name} ({package.Name})");
        var work = Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName;
        try
        {
            archive ??= await package.FetchAsync(Directory.CreateDirectory(Path.Combine(work, "package")).FullName, cancellation);
            var extracted = Path.Combine(work, library.Name);
            await package.ExtractAsync(archive, library.Path, extracted, cancellation);
            if (Sha256.OfFile(extracted).Hex is var hash && hash != library.Sha256)
            {
                throw new RuntimeBuildException(
                    $"{library.Path} of {package.Name} has the SHA-256 {hash}, not {library.Sha256} as {RuntimeBuild.FileName} says; "
                    + "it is not used");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.Move(extracted, file, overwrite: true);
            return file;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}

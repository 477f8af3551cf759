using System.ComponentModel;
using System.Formats.Tar;
using System.IO.Compression;
using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>Native libraries that were fetched, by their hashes.</summary>
/// <param name="folder">The folder; it need not exist yet.</param>
internal sealed class LibraryCache(string folder)
{
    private const string Npm = "npm";

    private static readonly Dictionary<string, string> NpmSettings = new()
    {
        ["npm_config_update_notifier"] = "false",
        ["npm_config_fetch_retries"] = "1",
        ["npm_config_fetch_timeout"] = "60000",
    };

    /// <summary>A library, fetched where it is not here yet.</summary>
    /// <param name="library">Which.</param>
    /// <param name="progress">Gets a line for each step; or null.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The library's file.</returns>
    /// <exception cref="RuntimeBuildException">It cannot be had here, or is not what it must be.</exception>
    public async Task<string> FetchAsync(PinnedLibrary library, IProgress<string>? progress, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, library.Sha256, library.Name);
        if (File.Exists(file) && Sha256.OfFile(file).Hex == library.Sha256)
        {
            return file;
        }

        progress?.Report($"fetching {library.Name} ({library.Npm})");
        var work = Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName;
        try
        {
            var package = await PackAsync(library.Npm, work, cancellation);
            var extracted = Path.Combine(work, library.Name);
            await ExtractAsync(library, package, extracted, cancellation);
            if (Sha256.OfFile(extracted).Hex is var hash && hash != library.Sha256)
            {
                throw new RuntimeBuildException(
                    $"{library.Path} of {library.Npm} has the SHA-256 {hash}, not {library.Sha256} as {RuntimeBuild.FileName} says; "
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

    /// <summary>Fetches a package's archive as it was published; nothing of it is run.</summary>
    private static async Task<string> PackAsync(string package, string work, CancellationToken cancellation)
    {
        try
        {
            var (exitCode, lines) = await BuildCommand.RunAsync(
                Npm, ["pack", package, "--pack-destination", work, "--ignore-scripts", "--loglevel", "error"],
                work, NpmSettings, progress: null, cancellation);
            return exitCode == 0 && Directory.EnumerateFiles(work, "*.tgz").SingleOrDefault() is { } archive
                ? archive
                : throw new RuntimeBuildException(
                    $"npm does not fetch {package}: {string.Join(" | ", lines.Take(3))}");
        }
        catch (Win32Exception problem)
        {
            throw new RuntimeBuildException(
                $"the command npm is missing, which fetches {package}; install it (Debian: apt-get install npm)", problem);
        }
    }

    private static async Task ExtractAsync(PinnedLibrary library, string package, string target, CancellationToken cancellation)
    {
        try
        {
            await using var archive = File.OpenRead(package);
            await using var content = new GZipStream(archive, CompressionMode.Decompress);
            await using var tar = new TarReader(content);
            while (await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
            {
                if (entry.Name == library.Path && entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                {
                    await entry.ExtractToFileAsync(target, overwrite: true, cancellation);
                    return;
                }
            }
        }
        catch (InvalidDataException problem)
        {
            throw new RuntimeBuildException($"the archive of {library.Npm} is damaged: {problem.Message}", problem);
        }

        throw new RuntimeBuildException($"{library.Npm} holds no {library.Path}");
    }
}

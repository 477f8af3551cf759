using System.ComponentModel;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>
/// A package of a registry that holds a native library, fetched by the registry's own tool. Nothing of it is run.
/// </summary>
internal abstract class PublishedPackage
{
    /// <summary>The package and its version, as its tool names it.</summary>
    public abstract string Name { get; }

    /// <summary>The package that a library lies in.</summary>
    public static PublishedPackage Of(PinnedLibrary library) =>
        library.Pip is { } pip ? new PipPackage(pip) : new NpmPackage(library.Npm!);

    /// <summary>Fetches the package's archive as it was published.</summary>
    /// <param name="folder">An empty folder for it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The archive's file.</returns>
    /// <exception cref="RuntimeBuildException">It cannot be had; the message says what to do.</exception>
    public async Task<string> FetchAsync(string folder, CancellationToken cancellation)
    {
        var (tool, arguments, settings) = Command(folder);
        try
        {
            var (exitCode, lines) = await BuildCommand.RunAsync(tool, arguments, folder, settings, progress: null, cancellation);
            return exitCode == 0 && Directory.EnumerateFiles(folder).SingleOrDefault() is { } archive
                ? archive
                : throw new RuntimeBuildException($"{tool} does not fetch {Name}: {string.Join(" | ", lines.Take(3))}");
        }
        catch (Win32Exception problem)
        {
            throw new RuntimeBuildException($"the command {tool} is missing, which fetches {Name}; install it ({HowToInstall})", problem);
        }
    }

    /// <summary>Takes a file out of the package's archive.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="path">The file's path in it.</param>
    /// <param name="target">The file to write.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RuntimeBuildException">The archive is damaged, or does not hold the file.</exception>
    public async Task ExtractAsync(string archive, string path, string target, CancellationToken cancellation)
    {
        try
        {
            if (!await TryExtractAsync(archive, path, target, cancellation))
            {
                throw new RuntimeBuildException($"{Name} ({Path.GetFileName(archive)}) holds no {path}");
            }
        }
        catch (InvalidDataException problem)
        {
            throw new RuntimeBuildException(
                $"the archive of {Name} ({Path.GetFileName(archive)}) is damaged: {problem.Message}", problem);
        }
    }

    /// <summary>How to install the tool.</summary>
    protected abstract string HowToInstall { get; }

    /// <summary>The command that fetches the archive into a folder.</summary>
    protected abstract (string Tool, IEnumerable<string> Arguments, IReadOnlyDictionary<string, string> Settings) Command(string folder);

    /// <summary>Takes a file out of an archive, where it is in it.</summary>
    /// <exception cref="InvalidDataException">It is no such archive.</exception>
    protected abstract Task<bool> TryExtractAsync(string archive, string path, string target, CancellationToken cancellation);
}

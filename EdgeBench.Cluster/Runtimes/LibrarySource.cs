using System.Runtime.InteropServices;
using EdgeBench.Messages.Artifacts;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>Where an image's native libraries come from, as far as they do not come with the published runner.</summary>
internal sealed class LibrarySource
{
    private readonly IReadOnlyList<PinnedLibrary> _pinned;
    private readonly string? _ownName;
    private readonly string? _ownPath;

    private LibrarySource(IReadOnlyList<PinnedLibrary> pinned) => (_pinned, Identity) = (pinned, "");

    private LibrarySource(string name, OwnLibrary own)
    {
        _pinned = [];
        _ownName = name;
        _ownPath = own.Path;
        Identity = $"{Sha256.OfFile(own.Path)} {own.Version}";
    }

    /// <summary>Changes with the libraries, beyond what the files of the runtime's folder say.</summary>
    public string Identity { get; }

    /// <summary>The source of a runtime's libraries for an architecture.</summary>
    /// <exception cref="RuntimeBuildException">
    /// There is none for that architecture, or the user's own library is none or cannot be used for this runtime.
    /// </exception>
    public static LibrarySource Of(RuntimeManifest runtime, RuntimeBuild build, Architecture architecture, OwnLibrary? own)
    {
        if (own is not null)
        {
            return Of(runtime, build, architecture, own.Path, own);
        }

        var pinned = build.Libraries.Where(library => library.Architecture == architecture).ToList();
        var missing = build.Libraries.Select(library => library.Name).Except(pinned.Select(library => library.Name)).FirstOrDefault();
        return missing is null
            ? new LibrarySource(pinned)
            : throw new RuntimeBuildException(
                $"{RuntimeBuild.FileName} of {runtime.Name} names no {missing} for {Toolchain.NameOf(architecture)}; give your own with "
                + "--library FILE");
    }

    /// <summary>The libraries, by the names they have in the image.</summary>
    /// <param name="cache">Where they are kept.</param>
    /// <param name="package">The package that holds them, where it was fetched before; or null.</param>
    /// <param name="progress">Gets a line for each step; or null.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RuntimeBuildException">One cannot be had.</exception>
    public async Task<IReadOnlyDictionary<string, string>> FetchAsync(
        LibraryCache cache, string? package, IProgress<string>? progress, CancellationToken cancellation)
    {
        if (_ownName is not null)
        {
            return new Dictionary<string, string> { [_ownName] = _ownPath! };
        }

        if (package is not null && _pinned.Count == 0)
        {
            throw new RuntimeBuildException("--from: this runtime takes no library from a package");
        }

        var files = new Dictionary<string, string>();
        foreach (var library in _pinned)
        {
            try
            {
                files.Add(library.Name, await cache.FetchAsync(library, package, progress, cancellation));
            }
            catch (RuntimeBuildException problem)
            {
                throw new RuntimeBuildException(
                    $"{problem.Message}; or give the package, fetched elsewhere, with --from FILE, or your own library with --library FILE",
                    problem);
            }
        }

        return files;
    }

    private static LibrarySource Of(RuntimeManifest runtime, RuntimeBuild build, Architecture architecture, string path, OwnLibrary own)
    {
        if (build.Libraries.Select(library => library.Name).Distinct().ToList() is not [var name])
        {
            throw new RuntimeBuildException($"--library: {runtime.Name} has no library that could be replaced by another file");
        }

        if (!File.Exists(path))
        {
            throw new RuntimeBuildException($"--library: there is no file {path}");
        }

        if (ElfFile.Read(path) is not { Interpreter: null } elf)
        {
            throw new RuntimeBuildException($"--library: {path} is no library of Linux (ELF, 64 bits)");
        }

        if (elf.Architecture != architecture)
        {
            throw new RuntimeBuildException($"--library: {path} is not built for {Toolchain.NameOf(architecture)}");
        }

        if (own.Version is { } version && !RunnerVersion.IsTag(version))
        {
            throw new RuntimeBuildException(
                $"--library-version: \"{version}\" cannot be a version, which is letters, digits, dots and hyphens");
        }

        return own.Version is null && architecture != RuntimeInformation.OSArchitecture
            ? throw new RuntimeBuildException(
                $"--library: {path} cannot be loaded on this machine, so its version cannot be asked; give it with --library-version")
            : new LibrarySource(name, own);
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>Builds runtime images from a checkout: publishes the runner, packs it, and does neither while nothing has changed.</summary>
/// <param name="repository">The checkout's root folder.</param>
/// <param name="catalog">Where the images go.</param>
public sealed class RuntimeImageBuilder(string repository, RuntimeCatalog catalog)
{
    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Builds an image, or returns the present one where it is up to date. Two at once are safe: the second waits.</summary>
    /// <param name="runtime">The runtime's name: a folder of <c>runtimes/</c>.</param>
    /// <param name="architecture">The architecture to build for.</param>
    /// <param name="progress">Gets a line for each step; or null.</param>
    /// <param name="cancellation">Ends the build.</param>
    /// <param name="own">A user's own build of the runtime's library; or null.</param>
    /// <param name="package">The published package that holds the library, where it was fetched before; or null.</param>
    /// <exception cref="RuntimeBuildException">It cannot be built here; the message says what to do.</exception>
    public async Task<RuntimeImage> BuildAsync(
        string runtime, Architecture architecture, IProgress<string>? progress, CancellationToken cancellation, OwnLibrary? own = null,
        string? package = null)
    {
        var manifest = RuntimeFolder.Read(Runtimes, runtime);
        Directory.CreateDirectory(catalog.Folder);
        await using var turn = await TakeTurnAsync(catalog.PathOf(runtime, architecture, ".lock"), cancellation);
        try
        {
            var image = await BuildAsync(manifest, architecture, own, package, progress, cancellation);
            catalog.ForgetProblem(runtime, architecture);
            return image;
        }
        catch (RuntimeBuildException problem)
        {
            catalog.KeepProblem(runtime, architecture, problem.Message);
            throw;
        }
    }

    private string Runtimes => Path.Combine(repository, "runtimes");

    private async Task<RuntimeImage> BuildAsync(
        RuntimeManifest manifest, Architecture architecture, OwnLibrary? own, string? package, IProgress<string>? progress,
        CancellationToken cancellation)
    {
        var runtime = manifest.Name;
        var source = LibrarySource.Of(manifest, RuntimeBuild.Read(Runtimes, manifest), architecture, own);
        var canLink = Toolchain.CanLink(architecture);
        var inputs = BuildInputs.Hash(repository, manifest, SystemLibraries.For(architecture), canLink, source.Identity);
        var inputsFile = catalog.PathOf(runtime, architecture, ".inputs");
        if (File.Exists(inputsFile) && await File.ReadAllTextAsync(inputsFile, cancellation) == inputs
            && catalog.Find(runtime, architecture) is { } present && new FileInfo(catalog.TarOf(present)).Length == present.TarBytes)
        {
            progress?.Report($"{present.Name} is up to date");
            return present;
        }

        // The libraries first: where they cannot be had, the rest is in vain.
        var cache = new LibraryCache(Path.Combine(repository, "artifacts", "libraries"));
        var libraries = await source.FetchAsync(cache, package, progress, cancellation);
        File.Delete(inputsFile);
        var published = await RunnerPublisher.PublishAsync(repository, EngineOf(manifest), architecture, canLink, progress, cancellation);
        foreach (var (name, file) in libraries)
        {
            File.Copy(file, Path.Combine(published, name), overwrite: true);
        }

        if (own is not null)
        {
            manifest = manifest with { Version = own.Version ?? await RunnerVersion.AskAsync(manifest, published, cancellation) };
        }

        progress?.Report("packing the image");
        var archive = catalog.PathOf(runtime, architecture, ".tar");
        var image = RuntimeImagePacker.Pack(manifest, architecture, published, archive + ".new");
        File.Move(archive + ".new", archive, overwrite: true);
        await File.WriteAllTextAsync(
            catalog.PathOf(runtime, architecture, ".json"), JsonSerializer.Serialize(image, RunnerJson.Default.RuntimeImage), cancellation);
        await File.WriteAllTextAsync(inputsFile, inputs, cancellation);
        progress?.Report($"{image.Name}: {archive}, {image.TarBytes / 1_000_000.0:0.0} MB");
        return image;
    }

    // The runner takes the engine's name as its first argument.
    private static string EngineOf(RuntimeManifest manifest) => manifest.Program is [_, var engine, ..]
        ? engine
        : throw new RuntimeBuildException(
            $"the program of {manifest.Name} names no engine of the runner; an image with another program is built by its Dockerfile");

    private static async Task<FileStream> TakeTurnAsync(string file, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(file))
            {
                // Another build holds it.
                await Task.Delay(LockInterval, cancellation);
            }
        }
    }
}

using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Packaging;

/// <summary>
/// Makes the archive that a machine without .NET unpacks and runs: the command with .NET inside, the runtime images that are built for its
/// architecture, systemd units and the script that installs all of it.
/// </summary>
/// <param name="repository">The checkout's root folder.</param>
/// <param name="catalog">The runtime images that are built.</param>
public sealed class PackageBuilder(string repository, RuntimeCatalog catalog)
{
    /// <summary>The folder of the command in the archive, and of the images below it, where the installed command looks for them.</summary>
    private const string ProgramFolder = "app";

    private const string Program = "edgebench";

    /// <summary>Makes a package. Packing the same sources and images again on the same machine gives the same bytes.</summary>
    /// <param name="architecture">The architecture of the machine it is for.</param>
    /// <param name="folder">Where the archive goes.</param>
    /// <param name="progress">Gets a line for each step; or null.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="PackageException">It cannot be made here.</exception>
    public async Task<Package> BuildAsync(
        Architecture architecture, string folder, IProgress<string>? progress, CancellationToken cancellation)
    {
        var published = await CommandPublisher.PublishAsync(repository, architecture, progress, cancellation);
        return await PackAsync(published, architecture, folder, progress, cancellation);
    }

    /// <summary>Packs a published command.</summary>
    internal async Task<Package> PackAsync(
        string published, Architecture architecture, string folder, IProgress<string>? progress, CancellationToken cancellation)
    {
        progress?.Report("packing");
        var images = catalog.List().Where(image => image.Architecture == architecture).ToList();
        var stem = $"edgebench-{ShortVersion}-linux-{Toolchain.NameOf(architecture)}";
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, stem + ".tar.gz");
        var partial = path + ".new";
        await using (var file = File.Create(partial))
        await using (var compressed = new GZipStream(file, CompressionLevel.Optimal))
        {
            await Task.Run(() => ReproducibleTar.Write(compressed, Content(stem, published, architecture, images)), cancellation);
        }

        var hash = await HashAsync(partial, cancellation);
        File.Move(partial, path, overwrite: true);
        await File.WriteAllTextAsync(path + ".sha256", $"{hash}  {Path.GetFileName(path)}\n", cancellation);
        return new Package(path, hash, new FileInfo(path).Length, images);
    }

    // Without the commit, which may be that of a checkout with changes.
    private static string ShortVersion => ServerNode.Version.Split('+')[0];

    private Dictionary<string, LayerEntry> Content(
        string root, string published, Architecture architecture, List<RuntimeImage> images)
    {
        var content = new Dictionary<string, LayerEntry>
        {
            ["architecture"] = new LayerText(Toolchain.NameOf(architecture) + "\n"),
            ["version"] = new LayerText(ServerNode.Version + "\n"),
            ["edgebench"] = new LayerLink($"{ProgramFolder}/{Program}"),
            ["install.sh"] = Source("deploy", "install.sh"),
            ["LICENSE"] = Source("LICENSE"),
        };
        foreach (var unit in Directory.EnumerateFiles(Path.Combine(repository, "deploy", "systemd")))
        {
            content["systemd/" + Path.GetFileName(unit)] = new LayerFile(unit);
        }

        foreach (var file in Directory.EnumerateFiles(published, "*", SearchOption.AllDirectories))
        {
            content[Path.Combine(ProgramFolder, Path.GetRelativePath(published, file))] = new LayerFile(file);
        }

        foreach (var file in images.SelectMany(image => new[] { catalog.TarOf(image), catalog.DescriptionOf(image) }))
        {
            content[Path.Combine(ProgramFolder, "runtimes", Path.GetFileName(file))] = new LayerFile(file);
        }

        foreach (var folder in content.Keys.SelectMany(FoldersOf).Append("").ToHashSet())
        {
            content[folder] = new LayerFolder();
        }

        return content.ToDictionary(pair => $"{root}/{pair.Key}".TrimEnd('/'), pair => pair.Value);
    }

    private LayerFile Source(params string[] path) => new(Path.Combine([repository, .. path]));

    private static IEnumerable<string> FoldersOf(string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is { Length: > 0 }; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
    }
}

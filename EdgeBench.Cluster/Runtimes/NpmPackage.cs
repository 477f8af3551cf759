using System.Formats.Tar;
using System.IO.Compression;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>A package of npm: a compressed tar.</summary>
/// <param name="name">The package with its version: <c>name@1.0.0</c>.</param>
internal sealed class NpmPackage(string name) : PublishedPackage
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    protected override string HowToInstall => "Debian: apt-get install npm";

    /// <inheritdoc/>
    protected override (string Tool, IEnumerable<string> Arguments, IReadOnlyDictionary<string, string> Settings) Command(
        string folder) => (
            "npm",
            ["pack", name, "--pack-destination", folder, "--ignore-scripts", "--loglevel", "error"],
            new Dictionary<string, string>
            {
                ["npm_config_update_notifier"] = "false",
                ["npm_config_fetch_retries"] = "1",
                ["npm_config_fetch_timeout"] = "60000",
            });

    /// <inheritdoc/>
    protected override async Task<bool> TryExtractAsync(string archive, string path, string target, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(archive);
        await using var content = new GZipStream(file, CompressionMode.Decompress);
        await using var tar = new TarReader(content);
        while (await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
        {
            if (entry.Name == path && entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
            {
                await entry.ExtractToFileAsync(target, overwrite: true, cancellation);
                return true;
            }
        }

        return false;
    }
}

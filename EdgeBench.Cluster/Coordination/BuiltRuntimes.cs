using System.Collections.Frozen;
using EdgeBench.Cluster.Artifacts;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Runtimes;
using EdgeBench.RunnerContract;
using Microsoft.Extensions.Logging;

namespace EdgeBench.Cluster.Coordination;

/// <summary>
/// The runtime images that have been built or added, put into the artifact store for the devices. One that comes while the server runs is
/// found at the next question.
/// </summary>
/// <param name="catalog">The images that were built.</param>
/// <param name="added">The images that people added. Where both have one, the built one counts.</param>
/// <param name="store">The artifact store.</param>
/// <param name="logger">Where to say that an image cannot be used.</param>
internal sealed class BuiltRuntimes(RuntimeCatalog catalog, RuntimeCatalog added, ArtifactStore store, ILogger logger) : IRuntimes
{
    private readonly Lock _lock = new();
    private (DateTime Built, DateTime Added) _seen;
    private FrozenDictionary<(string Runtime, string Architecture), RuntimeImageRef> _images =
        FrozenDictionary<(string Runtime, string Architecture), RuntimeImageRef>.Empty;
    private IReadOnlyDictionary<string, string> _formats = new Dictionary<string, string>();
    private IReadOnlyDictionary<(string Runtime, string Architecture), string> _missing =
        FrozenDictionary<(string Runtime, string Architecture), string>.Empty;
    private IReadOnlyDictionary<string, IReadOnlyCollection<string>> _options = new Dictionary<string, IReadOnlyCollection<string>>();

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Formats
    {
        get
        {
            Refresh();
            return _formats;
        }
    }

    /// <inheritdoc />
    public IReadOnlyCollection<string> OptionsOf(string runtime)
    {
        Refresh();
        return _options.GetValueOrDefault(runtime, []);
    }

    /// <inheritdoc />
    public RuntimeImageRef? Find(string runtime, string architecture)
    {
        Refresh();
        return _images.GetValueOrDefault((runtime, architecture));
    }

    /// <inheritdoc />
    public string? WhyMissing(string runtime, string architecture)
    {
        Refresh();
        return _missing.GetValueOrDefault((runtime, architecture));
    }

    /// <inheritdoc />
    public IReadOnlyList<RuntimeImageRef> FindAll(string architecture)
    {
        Refresh();
        return [.. _images.Values.Where(image => image.Architecture == architecture)
            .OrderBy(image => image.Runtime, StringComparer.Ordinal)];
    }

    private void Refresh()
    {
        lock (_lock)
        {
            // A rename into the folder, with which an image appears, moves the folder's time.
            var time = (Directory.GetLastWriteTimeUtc(catalog.Folder), Directory.GetLastWriteTimeUtc(added.Folder));
            if (time == _seen)
            {
                return;
            }

            try
            {
                var images = catalog.List().Select(image => (Catalog: catalog, Image: image))
                    .Concat(added.List().Select(image => (Catalog: added, Image: image)))
                    .DistinctBy(entry => (entry.Image.Runtime.Name, entry.Image.Architecture)).ToList();
                _images = images.ToFrozenDictionary(
                    entry => (entry.Image.Runtime.Name, NameOf(entry.Image)), entry => Keep(entry.Catalog, entry.Image));
                _formats = images.Select(entry => entry.Image).GroupBy(image => image.Runtime.Name).ToFrozenDictionary(
                    group => group.Key, group => FormatOf(group.First().Runtime.Model), StringComparer.Ordinal);
                _missing = catalog.ListMissing().ToFrozenDictionary(
                    missing => (missing.Runtime, Toolchain.NameOf(missing.Architecture)), missing => missing.Reason);
                _options = images.Select(entry => entry.Image).GroupBy(image => image.Runtime.Name).ToFrozenDictionary(
                    group => group.Key,
                    IReadOnlyCollection<string> (group) => [.. group.SelectMany(image => image.Runtime.Options.Keys).Distinct()],
                    StringComparer.Ordinal);
                _seen = time;
            }
            catch (Exception exception) when (exception is RuntimeBuildException or IOException or UnauthorizedAccessException)
            {
                logger.LogError(
                    exception, "the runtime images in {Folder} and {Added} cannot be used: {Message}", catalog.Folder, added.Folder,
                    exception.Message);
            }
        }
    }

    private RuntimeImageRef Keep(RuntimeCatalog from, RuntimeImage image)
    {
        var tar = image is { TarSha256: { } hash, TarBytes: { } bytes } ? new ArtifactRef(new Sha256(hash), bytes) : null;
        if (tar is not null && store.Find(tar.Sha256) is null && store.ImportCopy(from.TarOf(image)) != tar)
        {
            throw new RuntimeBuildException($"{from.TarOf(image)} is not as its description says; build or add the image again");
        }

        return new RuntimeImageRef
        {
            Runtime = image.Runtime.Name,
            Version = image.Runtime.Version,
            Architecture = NameOf(image),
            Name = image.Name,
            DiffIds = image.DiffIds,
            Program = image.Runtime.Program,
            Tar = tar,
            Libraries = image.Libraries,
            Registry = image.Registry,
        };
    }

    private static string NameOf(RuntimeImage image) => Toolchain.NameOf(image.Architecture);

    private static string FormatOf(RuntimeModelFormat format) => format switch
    {
        RuntimeModelFormat.Onnx => "onnx",
        RuntimeModelFormat.Tflite => "tflite",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };
}

using System.Formats.Tar;
using System.Text.Json;

namespace EdgeBench.EdgeNode.Images;

/// <summary>
/// An image as <c>docker save</c> writes it: a tar with <c>manifest.json</c>, the image's configuration and a tar for each layer.
/// </summary>
internal sealed class DockerArchive : IDisposable
{
    private const string ManifestName = "manifest.json";

    private readonly FileStream _file;
    private readonly TarReader _reader;
    private readonly Dictionary<string, TarEntry> _entries = [];
    private readonly List<string> _layers = [];

    private DockerArchive(FileStream file)
    {
        _file = file;
        _reader = new TarReader(file, leaveOpen: true);
    }

    /// <summary>The digests of the layers, from the lowest up, by the configuration.</summary>
    public IReadOnlyList<string> DiffIds { get; private set; } = [];

    /// <summary>The environment that the image asks for, as <c>NAME=VALUE</c>.</summary>
    public IReadOnlyList<string> Environment { get; private set; } = [];

    /// <summary>Opens an archive.</summary>
    /// <exception cref="InvalidDataException">It is none, or a damaged one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<DockerArchive> OpenAsync(FileStream file, CancellationToken cancellation)
    {
        var archive = new DockerArchive(file);
        try
        {
            await archive.IndexAsync(cancellation).ConfigureAwait(false);
            return archive;
        }
        catch (Exception problem) when (
            problem is JsonException or KeyNotFoundException or InvalidOperationException or EndOfStreamException)
        {
            archive.Dispose();
            throw new InvalidDataException($"{file.Name} is no Docker archive, or a damaged one: {problem.Message}", problem);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>The tars of the layers, from the lowest up. Each can be read until the archive is disposed of.</summary>
    public IEnumerable<Stream> Layers() => _layers.Select(Content);

    public void Dispose()
    {
        _reader.Dispose();
        _file.Dispose();
    }

    private async Task IndexAsync(CancellationToken cancellation)
    {
        while (await _reader.GetNextEntryAsync(cancellationToken: cancellation).ConfigureAwait(false) is { } entry)
        {
            _entries[entry.Name] = entry;
        }

        using var manifest = await JsonDocument.ParseAsync(Content(ManifestName), cancellationToken: cancellation).ConfigureAwait(false);
        var image = manifest.RootElement[0];
        _layers.AddRange(image.GetProperty("Layers").EnumerateArray().Select(layer => layer.GetString()!));
        using var configuration = await JsonDocument.ParseAsync(
            Content(image.GetProperty("Config").GetString()!), cancellationToken: cancellation).ConfigureAwait(false);
        var diffIds = configuration.RootElement.GetProperty("rootfs").GetProperty("diff_ids");
        DiffIds = [.. diffIds.EnumerateArray().Select(id => id.GetString()!)];
        Environment = configuration.RootElement.TryGetProperty("config", out var config)
            && config.TryGetProperty("Env", out var environment) && environment.ValueKind == JsonValueKind.Array
            ? [.. environment.EnumerateArray().Select(variable => variable.GetString()!)]
            : [];
    }

    private Stream Content(string name) =>
        _entries.TryGetValue(name, out var entry) && entry.DataStream is { } content
            ? content
            : throw new InvalidDataException($"{_file.Name} holds no {name}");
}

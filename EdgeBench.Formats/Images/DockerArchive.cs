using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace EdgeBench.Formats.Images;

/// <summary>
/// An image as <c>docker save</c> writes it: a tar with <c>manifest.json</c>, the image's configuration and a tar for each layer.
/// </summary>
public sealed class DockerArchive : IDisposable
{
    private const string ManifestName = "manifest.json";

    private readonly FileStream _file;
    private readonly TarReader _reader;
    private readonly Dictionary<string, TarEntry> _entries = [];
    private readonly List<string> _layers;

    private DockerArchive(FileStream file, CancellationToken cancellation)
    {
        _file = file;
        _reader = new TarReader(file, leaveOpen: true);
        while (_reader.GetNextEntry() is { } entry)
        {
            cancellation.ThrowIfCancellationRequested();
            _entries[entry.Name] = entry;
        }

        using var manifest = JsonDocument.Parse(Content(ManifestName));
        if (manifest.RootElement.GetArrayLength() != 1)
        {
            throw new InvalidDataException("it holds several images; save the one");
        }

        var image = manifest.RootElement[0];
        _layers = Texts(image.GetProperty("Layers"));
        var configurationName = image.GetProperty("Config").GetString()!;
        using var configuration = JsonDocument.Parse(Content(configurationName));
        var root = configuration.RootElement;
        DiffIds = Texts(root.GetProperty("rootfs").GetProperty("diff_ids"));
        if (_layers.Count != DiffIds.Count)
        {
            throw new InvalidDataException("its configuration names other layers than it holds");
        }

        Architecture = root.GetProperty("architecture").GetString()!;
        Environment = root.TryGetProperty("config", out var config) ? OptionalTexts(config, "Env") : [];
        Name = OptionalTexts(image, "RepoTags").FirstOrDefault() ?? "sha256:" + Path.GetFileNameWithoutExtension(configurationName);
    }

    /// <summary>The name under which an engine loads it; its id where it has none.</summary>
    public string Name { get; }

    /// <summary>The processor of what is inside, as images call it: <c>amd64</c>, <c>arm64</c>.</summary>
    public string Architecture { get; }

    /// <summary>The digests of the layers, from the lowest up, by the configuration.</summary>
    public IReadOnlyList<string> DiffIds { get; }

    /// <summary>The environment that the image asks for, as <c>NAME=VALUE</c>.</summary>
    public IReadOnlyList<string> Environment { get; }

    /// <summary>Opens an archive.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidDataException">It is none, or a damaged one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static DockerArchive Open(string path, CancellationToken cancellation = default)
    {
        var file = File.OpenRead(path);
        try
        {
            return Checked(path, () => new DockerArchive(file, cancellation));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Sees that each layer is the one that its digest names, and lists the files that the layers make together.</summary>
    /// <returns>The paths without leading slash.</returns>
    /// <exception cref="InvalidDataException">A layer is damaged or another one.</exception>
    public IReadOnlySet<string> CheckLayers() => Checked(_file.Name, () =>
    {
        var files = new HashSet<string>();
        foreach (var (layer, diffId) in _layers.Zip(DiffIds))
        {
            CheckLayer(Layer(layer), diffId, files);
        }

        return files;
    });

    /// <summary>Puts the files that the layers have in one folder of the image on disk.</summary>
    /// <param name="imageFolder">The image's folder, as <c>/app</c>.</param>
    /// <param name="folder">Where to; it must be there.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidDataException">A layer is damaged, or an entry would leave the folder.</exception>
    public void Extract(string imageFolder, string folder, CancellationToken cancellation = default) => Checked(_file.Name, () =>
    {
        var extractor = new LayerExtractor(imageFolder, Path.GetFullPath(folder));
        foreach (var layer in _layers)
        {
            extractor.Extract(Layer(layer), cancellation);
        }

        return true;
    });

    /// <inheritdoc />
    public void Dispose()
    {
        _reader.Dispose();
        _file.Dispose();
    }

    // Whatever is wrong with somebody's file is told as that, with the file's name.
    private static T Checked<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException
            or InvalidDataException or FormatException or EndOfStreamException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{path} is no image as 'docker save' writes it: {problem.Message}", problem);
        }
    }

    private static void CheckLayer(Stream layer, string diffId, HashSet<string> files)
    {
        using var hash = SHA256.Create();
        using (var hashed = new CryptoStream(layer, hash, CryptoStreamMode.Read, leaveOpen: true))
        {
            using var tar = new TarReader(hashed, leaveOpen: true);
            while (tar.GetNextEntry() is { } entry)
            {
                Apply(entry, files);
            }

            // What pads the archive counts, too.
            hashed.CopyTo(Stream.Null);
        }

        if ("sha256:" + Convert.ToHexStringLower(hash.Hash!) != diffId)
        {
            throw new InvalidDataException($"a layer is not {diffId}, as its configuration says");
        }
    }

    private static void Apply(TarEntry entry, HashSet<string> files)
    {
        var path = string.Join('/', entry.Name.Split('/').Where(part => part is not ("" or ".")));
        var (folder, name) = (Path.GetDirectoryName(path) ?? "", Path.GetFileName(path));
        if (name == Whiteout.Opaque)
        {
            files.RemoveWhere(file => file.StartsWith(folder + '/', StringComparison.Ordinal));
        }
        else if (Whiteout.Of(name) is { } hidden)
        {
            var gone = Path.Combine(folder, hidden);
            files.RemoveWhere(file => file == gone || file.StartsWith(gone + '/', StringComparison.Ordinal));
        }
        else if (entry.EntryType is not TarEntryType.Directory)
        {
            files.Add(path);
        }
    }

    // A layer's tar, which some engines compress. It stays open: the next layer may be a link to the same.
    private Stream Layer(string name)
    {
        var content = Content(name);
        content.Position = 0;
        var isCompressed = content.ReadByte() == 0x1f && content.ReadByte() == 0x8b;
        content.Position = 0;
        return isCompressed ? new GZipStream(content, CompressionMode.Decompress, leaveOpen: true) : content;
    }

    // Engines write a layer that two images share once, and a link to it.
    private Stream Content(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            throw new InvalidDataException($"it holds no {name}");
        }

        if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
        {
            var target = entry.EntryType is TarEntryType.HardLink
                ? entry.LinkName
                : Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(name)!, entry.LinkName)).TrimStart('/');
            return _entries.TryGetValue(target, out var linked) && linked.DataStream is { } there
                ? there
                : throw new InvalidDataException($"{name} is a link to {entry.LinkName}, which it does not hold");
        }

        return entry.DataStream ?? throw new InvalidDataException($"its {name} is empty");
    }

    private static List<string> OptionalTexts(JsonElement element, string name) =>
        element.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? Texts(array) : [];

    private static List<string> Texts(JsonElement array) => [.. array.EnumerateArray().Select(element => element.GetString()!)];
}

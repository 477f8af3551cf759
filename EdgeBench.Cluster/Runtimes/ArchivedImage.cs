using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>What a Docker archive that somebody else wrote holds, as far as a runtime image goes.</summary>
/// <param name="Name">The name under which an engine loads it; its id where it has none.</param>
/// <param name="Architecture">The architecture of what is inside.</param>
/// <param name="DiffIds">The digests of its layers from the lowest up.</param>
/// <param name="Files">The paths of its files, without leading slash.</param>
internal sealed record ArchivedImage(
    string Name, Architecture Architecture, IReadOnlyList<string> DiffIds, IReadOnlySet<string> Files)
{
    private const string Whiteout = ".wh.";
    private const string OpaqueWhiteout = ".wh..wh..opq";

    /// <summary>Reads an archive, and checks its layers against the digests that it names.</summary>
    /// <exception cref="RuntimeBuildException">It is none, a damaged one, or one for another kind of machine.</exception>
    public static ArchivedImage Read(string archive)
    {
        try
        {
            using var file = File.OpenRead(archive);
            using var reader = new TarReader(file);
            var entries = new Dictionary<string, TarEntry>();
            while (reader.GetNextEntry() is { } entry)
            {
                entries[entry.Name] = entry;
            }

            return Read(entries);
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException
            or InvalidDataException or FormatException or EndOfStreamException or IndexOutOfRangeException)
        {
            throw new RuntimeBuildException($"{archive} is no image as 'docker save' writes it: {problem.Message}", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new RuntimeBuildException($"{archive} cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>The architecture that images call so.</summary>
    /// <exception cref="RuntimeBuildException">There are no devices of that kind.</exception>
    public static Architecture ArchitectureOf(string name, string image) => name switch
    {
        "amd64" => Architecture.X64,
        "arm64" => Architecture.Arm64,
        _ => throw new RuntimeBuildException($"the image {image} is for {name}; devices are x64 (amd64) or arm64"),
    };

    private static ArchivedImage Read(Dictionary<string, TarEntry> entries)
    {
        using var manifest = JsonDocument.Parse(Content(entries, "manifest.json"));
        if (manifest.RootElement.GetArrayLength() != 1)
        {
            throw new InvalidDataException("it holds several images; save the one");
        }

        var image = manifest.RootElement[0];
        var layers = Texts(image.GetProperty("Layers"));
        var configurationName = image.GetProperty("Config").GetString()!;
        using var configuration = JsonDocument.Parse(Content(entries, configurationName));
        var root = configuration.RootElement;
        var diffIds = Texts(root.GetProperty("rootfs").GetProperty("diff_ids"));
        if (layers.Count != diffIds.Count)
        {
            throw new InvalidDataException("its configuration names other layers than it holds");
        }

        var files = new HashSet<string>();
        foreach (var (layer, diffId) in layers.Zip(diffIds))
        {
            ReadLayer(Content(entries, layer), diffId, files);
        }

        var name = image.TryGetProperty("RepoTags", out var tags) && tags.ValueKind == JsonValueKind.Array && tags.GetArrayLength() > 0
            ? tags[0].GetString()!
            : "sha256:" + Path.GetFileNameWithoutExtension(configurationName);
        return new ArchivedImage(name, ArchitectureOf(root.GetProperty("architecture").GetString()!, name), diffIds, files);
    }

    private static void ReadLayer(Stream layer, string diffId, HashSet<string> files)
    {
        var isCompressed = layer.ReadByte() == 0x1f && layer.ReadByte() == 0x8b;
        layer.Position = 0;
        using var plain = isCompressed ? new GZipStream(layer, CompressionMode.Decompress, leaveOpen: true) : layer;
        using var hash = SHA256.Create();
        using (var hashed = new CryptoStream(plain, hash, CryptoStreamMode.Read, leaveOpen: true))
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
        if (name == OpaqueWhiteout)
        {
            files.RemoveWhere(file => file.StartsWith(folder + '/', StringComparison.Ordinal));
        }
        else if (name.StartsWith(Whiteout, StringComparison.Ordinal))
        {
            var gone = Path.Combine(folder, name[Whiteout.Length..]);
            files.RemoveWhere(file => file == gone || file.StartsWith(gone + '/', StringComparison.Ordinal));
        }
        else if (entry.EntryType is not TarEntryType.Directory)
        {
            files.Add(path);
        }
    }

    // Engines write a layer that two images share once, and a link to it.
    private static Stream Content(Dictionary<string, TarEntry> entries, string name)
    {
        if (!entries.TryGetValue(name, out var entry))
        {
            throw new InvalidDataException($"it holds no {name}");
        }

        if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
        {
            var target = entry.EntryType is TarEntryType.HardLink
                ? entry.LinkName
                : Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(name)!, entry.LinkName)).TrimStart('/');
            return entries.TryGetValue(target, out var linked) && linked.DataStream is { } there
                ? there
                : throw new InvalidDataException($"{name} is a link to {entry.LinkName}, which it does not hold");
        }

        return entry.DataStream ?? throw new InvalidDataException($"its {name} is empty");
    }

    private static List<string> Texts(JsonElement array) => [.. array.EnumerateArray().Select(element => element.GetString()!)];
}

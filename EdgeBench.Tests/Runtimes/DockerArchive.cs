using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;

namespace EdgeBench.Tests.Runtimes;

/// <summary>Reads a Docker archive as its specification says, independently of what wrote it.</summary>
internal sealed record DockerArchive(
    IReadOnlyList<string> Names,
    IReadOnlyList<DockerArchiveLayer> Layers,
    IReadOnlyList<string> DiffIds,
    string User,
    IReadOnlyList<string> Variables,
    IReadOnlyList<string> EntryPoint,
    IReadOnlyDictionary<string, string> Labels)
{
    public static DockerArchive Read(string file)
    {
        var files = ReadFiles(file);
        var manifest = JsonDocument.Parse(files["manifest.json"]).RootElement[0];
        var image = JsonDocument.Parse(files[manifest.GetProperty("Config").GetString()!]).RootElement;
        var configuration = image.GetProperty("config");
        return new DockerArchive(
            Texts(manifest.GetProperty("RepoTags")),
            [.. Texts(manifest.GetProperty(nameof(Layers))).Select(path => DockerArchiveLayer.Read(files[path]))],
            Texts(image.GetProperty("rootfs").GetProperty("diff_ids")),
            configuration.GetProperty(nameof(User)).GetString()!,
            Texts(configuration.GetProperty("Env")),
            Texts(configuration.GetProperty("Entrypoint")),
            configuration.GetProperty(nameof(Labels)).EnumerateObject()
                .ToDictionary(label => label.Name, label => label.Value.GetString()!));
    }

    /// <summary>Unpacks what the image has in <c>/app</c>.</summary>
    public static void UnpackProgram(string file, string folder) => Unpack(file, folder, "app/");

    /// <summary>Unpacks the files of an image whose layers replace none of one another, or those below a path of it.</summary>
    public static void Unpack(string file, string folder, string below = "")
    {
        Directory.CreateDirectory(folder);
        var files = ReadFiles(file);
        foreach (var layer in Texts(JsonDocument.Parse(files["manifest.json"]).RootElement[0].GetProperty(nameof(Layers))))
        {
            using var tar = new TarReader(new MemoryStream(files[layer]));
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.EntryType == TarEntryType.RegularFile && entry.Name.StartsWith(below, StringComparison.Ordinal))
                {
                    var path = Path.Combine(folder, entry.Name[below.Length..]);
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    entry.ExtractToFile(path, overwrite: false);
                }
            }
        }
    }

    private static Dictionary<string, byte[]> ReadFiles(string file)
    {
        var files = new Dictionary<string, byte[]>();
        using var stream = File.OpenRead(file);
        using var tar = new TarReader(stream);
        while (tar.GetNextEntry() is { } entry)
        {
            using var content = new MemoryStream();
            entry.DataStream!.CopyTo(content);
            files.Add(entry.Name, content.ToArray());
        }

        return files;
    }

    private static List<string> Texts(JsonElement array) => [.. array.EnumerateArray().Select(element => element.GetString()!)];
}

/// <summary>A layer.</summary>
internal sealed record DockerArchiveLayer(string Digest, IReadOnlyList<TarEntry> Entries)
{
    public static DockerArchiveLayer Read(byte[] bytes)
    {
        var entries = new List<TarEntry>();
        using var tar = new TarReader(new MemoryStream(bytes));
        while (tar.GetNextEntry() is { } entry)
        {
            entries.Add(entry);
        }

        return new DockerArchiveLayer("sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes)), entries);
    }
}

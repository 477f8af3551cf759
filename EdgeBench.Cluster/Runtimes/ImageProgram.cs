using System.Formats.Tar;
using System.Text.Json;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>The program of an image of the catalog, unpacked so that this machine can run it.</summary>
/// <param name="Runtime">The image's manifest.</param>
/// <param name="Path">The program.</param>
internal sealed record ImageProgram(RuntimeManifest Runtime, string Path)
{
    private static readonly Lock Turn = new();

    /// <summary>The program of an image, unpacked once.</summary>
    /// <exception cref="RuntimeBuildException">The image's archive is damaged, or there is no room for its program.</exception>
    public static ImageProgram Of(RuntimeCatalog catalog, RuntimeImage image)
    {
        var archive = image.TarSha256
            ?? throw new RuntimeBuildException($"{image.Name} is in a registry only; the check wants its archive in {catalog.Folder}");
        var folder = System.IO.Path.Combine(catalog.Folder, "programs", archive);
        var program = System.IO.Path.Combine(
            folder, System.IO.Path.GetRelativePath(RuntimeImage.ProgramFolder, image.Runtime.Program[0]));
        try
        {
            lock (Turn)
            {
                if (!Directory.Exists(folder))
                {
                    Unpack(catalog.TarOf(image), folder);
                }
            }

            return File.Exists(program)
                ? new ImageProgram(image.Runtime, program)
                : throw new InvalidDataException($"it holds no {image.Runtime.Program[0]}");
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            throw new RuntimeBuildException($"the program of {image.Name} cannot be unpacked: {problem.Message}", problem);
        }
    }

    private static void Unpack(string archive, string folder)
    {
        // Other processes may unpack it too: whoever comes last finds it there.
        var unfinished = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(unfinished);
        using var file = File.OpenRead(archive);
        using var tar = new TarReader(file);
        var entries = new Dictionary<string, TarEntry>();
        while (tar.GetNextEntry() is { } entry)
        {
            entries[entry.Name] = entry;
        }

        using var manifest = JsonDocument.Parse(Content(entries, "manifest.json"));
        foreach (var layer in manifest.RootElement[0].GetProperty("Layers").EnumerateArray())
        {
            using var content = new TarReader(Content(entries, layer.GetString()!), leaveOpen: true);
            while (content.GetNextEntry() is { } entry)
            {
                Extract(entry, unfinished);
            }
        }

        try
        {
            Directory.Move(unfinished, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(unfinished, recursive: true);
        }
    }

    private static void Extract(TarEntry entry, string folder)
    {
        var root = RuntimeImage.ProgramFolder.TrimStart('/') + "/";
        if (entry.EntryType != TarEntryType.RegularFile || !entry.Name.StartsWith(root, StringComparison.Ordinal))
        {
            return;
        }

        var target = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, entry.Name[root.Length..]));
        if (!target.StartsWith(folder + "/", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{entry.Name} leaves its folder");
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        entry.ExtractToFile(target, overwrite: true);
    }

    private static Stream Content(Dictionary<string, TarEntry> entries, string name) =>
        entries.TryGetValue(name, out var entry) && entry.DataStream is { } content
            ? content
            : throw new InvalidDataException($"it holds no {name}");
}

using System.Formats.Tar;

namespace EdgeBench.Formats.Images;

/// <summary>Puts what the layers of an image have in one of its folders on disk, one layer over the other.</summary>
/// <param name="imageFolder">The image's folder, directly below its root.</param>
/// <param name="folder">The folder that stands for it, as an absolute path.</param>
internal sealed class LayerExtractor(string imageFolder, string folder)
{
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;

    private readonly string _top = imageFolder.Trim('/');

    /// <exception cref="InvalidDataException">The layer is damaged, or an entry would leave the folder.</exception>
    public void Extract(Stream layer, CancellationToken cancellation)
    {
        using var reader = new TarReader(layer, leaveOpen: true);
        while (reader.GetNextEntry() is { } entry)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Inside(entry.Name) is { } path)
            {
                Extract(entry, path);
            }
        }
    }

    private void Extract(TarEntry entry, string path)
    {
        var name = Path.GetFileName(path);
        var parent = Path.GetDirectoryName(path)!;
        if (name == Whiteout.Opaque)
        {
            Remove(parent);
            Directory.CreateDirectory(parent);
            return;
        }

        if (Whiteout.Of(name) is { } hidden)
        {
            Remove(Path.Combine(parent, hidden));
            return;
        }

        if (entry.EntryType == TarEntryType.Directory)
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(parent);
        Remove(path);
        switch (entry.EntryType)
        {
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                Write(entry, path);
                break;
            case TarEntryType.HardLink:
                File.Copy(Inside(entry.LinkName) ?? throw Leaves(entry), path);
                break;
            case TarEntryType.SymbolicLink:
                File.CreateSymbolicLink(path, Target(entry, parent));
                break;
            default:
                throw new InvalidDataException($"the image's {entry.Name} is no file, folder or link");
        }
    }

    private static void Write(TarEntry entry, string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        entry.DataStream?.CopyTo(file);
        File.SetUnixFileMode(file.SafeFileHandle, (entry.Mode & Permissions) | UnixFileMode.UserRead | UnixFileMode.UserWrite);
        file.Flush(flushToDisk: true);
    }

    // The entry's place on disk, or null where it is none of the program folder.
    private string? Inside(string name)
    {
        var parts = name.Split('/').Where(part => part is not ("" or ".")).ToList();
        return parts.Contains("..") ? throw new InvalidDataException($"the image's {name} leaves its folder")
            : parts.Count == 0 || parts[0] != _top ? null
            : Path.Combine([folder, .. parts.Skip(1)]);
    }

    private string Target(TarEntry entry, string parent)
    {
        var target = entry.LinkName.StartsWith('/')
            ? Inside(entry.LinkName) ?? throw Leaves(entry)
            : Path.GetFullPath(Path.Combine(parent, entry.LinkName));
        return (target + "/").StartsWith(folder + "/", StringComparison.Ordinal)
            ? Path.GetRelativePath(parent, target)
            : throw Leaves(entry);
    }

    private InvalidDataException Leaves(TarEntry entry) =>
        new($"the image's {entry.Name} is a link out of /{_top}, to {entry.LinkName}");

    private static void Remove(string path)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }
}

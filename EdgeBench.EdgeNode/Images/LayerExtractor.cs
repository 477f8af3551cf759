using System.Formats.Tar;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Images;

/// <summary>Puts the program folder of an image's layers on disk, one layer over the other.</summary>
/// <param name="folder">Where to; it stands for <see cref="RuntimeImage.ProgramFolder"/>.</param>
internal sealed class LayerExtractor(string folder)
{
    private const string Whiteout = ".wh.";
    private const string OpaqueWhiteout = ".wh..wh..opq";
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;

    private static readonly string ProgramFolder = RuntimeImage.ProgramFolder.Trim('/');

    /// <exception cref="InvalidDataException">The layer is damaged, or an entry would leave the folder.</exception>
    public async Task ExtractAsync(Stream layer, CancellationToken cancellation)
    {
        var reader = new TarReader(layer, leaveOpen: true);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.GetNextEntryAsync(cancellationToken: cancellation).ConfigureAwait(false) is { } entry)
            {
                if (Inside(entry.Name) is { } path)
                {
                    await ExtractAsync(entry, path, cancellation).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task ExtractAsync(TarEntry entry, string path, CancellationToken cancellation)
    {
        var name = Path.GetFileName(path);
        var parent = Path.GetDirectoryName(path)!;
        if (name == OpaqueWhiteout)
        {
            Remove(parent);
            Directory.CreateDirectory(parent);
            return;
        }

        if (name.StartsWith(Whiteout, StringComparison.Ordinal))
        {
            Remove(Path.Combine(parent, name[Whiteout.Length..]));
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
                await WriteAsync(entry, path, cancellation).ConfigureAwait(false);
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

    private static async Task WriteAsync(TarEntry entry, string path, CancellationToken cancellation)
    {
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        await using (file.ConfigureAwait(false))
        {
            if (entry.DataStream is { } content)
            {
                await content.CopyToAsync(file, cancellation).ConfigureAwait(false);
            }

            File.SetUnixFileMode(file.SafeFileHandle, (entry.Mode & Permissions) | UnixFileMode.UserRead | UnixFileMode.UserWrite);
            file.Flush(flushToDisk: true);
        }
    }

    // The entry's place on disk, or null where it is none of the program folder.
    private string? Inside(string name)
    {
        var parts = name.Split('/').Where(part => part is not ("" or ".")).ToList();
        return parts.Contains("..") ? throw new InvalidDataException($"the image's {name} leaves its folder")
            : parts.Count == 0 || parts[0] != ProgramFolder ? null
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

    private static InvalidDataException Leaves(TarEntry entry) =>
        new($"the image's {entry.Name} is a link out of {RuntimeImage.ProgramFolder}, to {entry.LinkName}");

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

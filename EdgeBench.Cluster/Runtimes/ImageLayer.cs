using System.Formats.Tar;
using System.Security.Cryptography;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>
/// One layer of an image: a tar archive that depends on names and contents only. Entries are sorted, times are 1970, owners are root, a
/// file's mode is 0755 if
/// its owner may execute it and else 0644.
/// </summary>
internal sealed class ImageLayer
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Shared = Executable | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit;

    private ImageLayer(string createdBy, byte[] tar) =>
        (CreatedBy, Tar, Digest) = (createdBy, tar, Convert.ToHexStringLower(SHA256.HashData(tar)));

    /// <summary>What people read in the image's history.</summary>
    public string CreatedBy { get; }

    /// <summary>The archive.</summary>
    public byte[] Tar { get; }

    /// <summary>The SHA-256 of the archive in lower-case hexadecimal digits.</summary>
    public string Digest { get; }

    /// <summary>Packs a layer.</summary>
    /// <param name="createdBy">What people read in the image's history.</param>
    /// <param name="content">What lies at each path of the image; paths have no leading slash.</param>
    public static ImageLayer Pack(string createdBy, IReadOnlyDictionary<string, LayerEntry> content)
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (path, entry) in content.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                Write(tar, path, entry);
            }
        }

        return new ImageLayer(createdBy, stream.ToArray());
    }

    private static void Write(TarWriter tar, string path, LayerEntry entry)
    {
        using var file = entry is LayerFile { Source: var source } ? File.OpenRead(source) : null;
        tar.WriteEntry(entry switch
        {
            LayerFile { Source: var at } => new UstarTarEntry(TarEntryType.RegularFile, path)
            {
                Mode = (File.GetUnixFileMode(at) & UnixFileMode.UserExecute) != 0 ? Executable : Readable,
                ModificationTime = DateTimeOffset.UnixEpoch,
                DataStream = file,
            },
            LayerLink { Target: var target } => new UstarTarEntry(TarEntryType.SymbolicLink, path)
            {
                Mode = Executable,
                ModificationTime = DateTimeOffset.UnixEpoch,
                LinkName = target,
            },
            _ => new UstarTarEntry(TarEntryType.Directory, path + "/")
            {
                Mode = entry is LayerFolder { WritableByAll: true } ? Shared : Executable,
                ModificationTime = DateTimeOffset.UnixEpoch,
            },
        });
    }
}

/// <summary>What lies at a path of a layer.</summary>
internal abstract record LayerEntry;

/// <summary>A file with the content of one on this machine.</summary>
/// <param name="Source">The file on this machine.</param>
internal sealed record LayerFile(string Source) : LayerEntry;

/// <summary>A symbolic link.</summary>
/// <param name="Target">Where it points.</param>
internal sealed record LayerLink(string Target) : LayerEntry;

/// <summary>A folder.</summary>
/// <param name="WritableByAll">Whether it is like <c>/tmp</c>.</param>
internal sealed record LayerFolder(bool WritableByAll = false) : LayerEntry;

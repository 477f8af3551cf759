using System.Formats.Tar;
using System.Text;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>
/// Tar archives that depend on names and contents only: entries are sorted, times are 1970, owners are root, a file's mode is 0755 if its
/// owner may execute it and else 0644.
/// </summary>
internal static class ReproducibleTar
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Shared = Executable | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit;

    /// <summary>Writes an archive.</summary>
    /// <param name="output">Where to; it stays open.</param>
    /// <param name="content">What lies at each path; paths have no leading slash.</param>
    public static void Write(Stream output, IReadOnlyDictionary<string, LayerEntry> content)
    {
        using var tar = new TarWriter(output, TarEntryFormat.Ustar, leaveOpen: true);
        foreach (var (path, entry) in content.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Write(tar, path, entry);
        }
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
            LayerText { Text: var text } => new UstarTarEntry(TarEntryType.RegularFile, path)
            {
                Mode = Readable,
                ModificationTime = DateTimeOffset.UnixEpoch,
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
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

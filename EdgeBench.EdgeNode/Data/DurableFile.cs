using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeBench.EdgeNode.Data;

/// <summary>Files that are there whole or not at all, whatever fails in between.</summary>
internal static partial class DurableFile
{
    // errno of Linux, as .NET reports it in HResult.
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;

    // O_RDONLY and O_CLOEXEC of Linux.
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;

    /// <summary>The end of the names of files that are not whole yet.</summary>
    public const string PartialSuffix = ".partial";

    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var partial = path + PartialSuffix;
        using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        Publish(partial, path);
    }

    /// <summary>Gives a file that was flushed to disk its final name, and makes the name last as well.</summary>
    public static void Publish(string partial, string path)
    {
        File.Move(partial, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Gives a folder whose files were flushed to disk its final name.</summary>
    public static void PublishFolder(string partial, string path)
    {
        Directory.Move(partial, path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    public static bool IsDiskFull(Exception problem) =>
        problem is IOException
            && (problem.HResult is NoSpaceLeft or QuotaExceeded || (problem.InnerException is { } inner && IsDiskFull(inner)));

    // .NET opens no folders.
    private static void FlushFolder(string path)
    {
        using var folder = Open(path, ReadOnly | CloseOnExec);
        if (folder.IsInvalid)
        {
            throw new IOException($"{path} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        RandomAccess.FlushToDisk(folder);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}

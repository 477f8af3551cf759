namespace EdgeBench.EdgeNode.Data;

/// <summary>A lock that processes of one machine take by holding a file open, and that the kernel frees when they die.</summary>
internal static class FileLock
{
    // errno of Linux, as .NET reports it in HResult.
    private const int TryAgain = 11;

    /// <returns>The lock, freed when disposed of, or null where somebody has it.</returns>
    /// <exception cref="IOException">The file cannot be made or opened.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not make or open the file.</exception>
    public static FileStream? TryTake(string path, UnixFileMode mode)
    {
        while (true)
        {
            try
            {
                // An existing file is opened for reading and without O_CREAT: the kernel refuses O_CREAT on another user's file in a folder
                // like /tmp.
                return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
            }
            catch (FileNotFoundException)
            {
                Make(path, mode);
            }
            catch (IOException problem) when (problem.HResult == TryAgain)
            {
                return null;
            }
        }
    }

    private static void Make(string path, UnixFileMode mode)
    {
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
            // Not by FileStreamOptions: the process' umask would take bits away.
            File.SetUnixFileMode(file.SafeFileHandle, mode);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process made it first.
        }
    }
}

namespace EdgeBench.Models;

/// <summary>Files that are there as a whole or not at all.</summary>
internal static class CompleteFile
{
    /// <summary>Writes beside the file and renames, so that no half file ever bears its name.</summary>
    public static T Write<T>(string file, Func<Stream, T> write)
    {
        var full = Path.GetFullPath(file);
        var partial = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.partial");
        try
        {
            T result;
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                result = write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, full, overwrite: true);
            return result;
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}

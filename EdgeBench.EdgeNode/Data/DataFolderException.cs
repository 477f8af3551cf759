namespace EdgeBench.EdgeNode.Data;

/// <summary>A data folder cannot be used. The message says why and what to do.</summary>
public sealed class DataFolderException : IOException
{
    /// <summary>Without a reason.</summary>
    public DataFolderException()
    {
    }

    /// <summary>With a reason.</summary>
    public DataFolderException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and what caused it.</summary>
    public DataFolderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal static DataFolderException Of(string path, Exception problem) => new(Describe(path, problem), problem);

    /// <summary>What went wrong below a path, and what to do, in one sentence.</summary>
    internal static string Describe(string path, Exception problem) => problem switch
    {
        UnauthorizedAccessException => $"{path} is not writable for this user; change its owner, or choose another folder with --data",
        _ when DurableFile.IsDiskFull(problem) =>
            $"the disk that holds {path} is full; free some space, or choose another folder with --data",
        _ => $"{path} cannot be used: {problem.Message}",
    };
}

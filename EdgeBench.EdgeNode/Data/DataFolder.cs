namespace EdgeBench.EdgeNode.Data;

/// <summary>
/// The folder where an edge node keeps what must outlive it: who it is, cached artifacts, unpacked runtimes, and results that no server has
/// confirmed yet. It belongs to one process at a time.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private const string IdentityFile = "identity";
    private const string LockFile = "in-use";

    private readonly FileStream _lock;

    private DataFolder(string path, Guid identity, FileStream @lock)
    {
        Path = path;
        Identity = identity;
        _lock = @lock;
        Artifacts = new ArtifactCache(Subfolder("artifacts"));
        Spool = new ResultSpool(Subfolder("spool"));
        Runtimes = Subfolder("runtimes");
        Jobs = Subfolder("jobs");
    }

    /// <summary>The folder's absolute path.</summary>
    public string Path { get; }

    /// <summary>Who this node is: made when the folder was, and never changed.</summary>
    public Guid Identity { get; }

    /// <summary>The models and images that came from a server.</summary>
    public ArtifactCache Artifacts { get; }

    /// <summary>The results that no server has confirmed yet.</summary>
    public ResultSpool Spool { get; }

    /// <summary>Runtimes unpacked for process isolation, each under the SHA-256 of its image's tar.</summary>
    internal string Runtimes { get; }

    /// <summary>Job folders of running child processes, each beside the record of its process.</summary>
    internal string Jobs { get; }

    /// <summary>Opens the folder, and makes it where it is not there.</summary>
    /// <exception cref="DataFolderException">
    /// It cannot be used: another process has it, it is not writable, the disk is full, or its identity is damaged. The message says what
    /// to do.
    /// </exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(path);
            var @lock = Lock(path);
            try
            {
                return new DataFolder(path, ReadOrMakeIdentity(System.IO.Path.Combine(path, IdentityFile)), @lock);
            }
            catch
            {
                @lock.Dispose();
                throw;
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException && problem is not DataFolderException)
        {
            throw DataFolderException.Of(path, problem);
        }
    }

    /// <summary>Leaves the folder to other processes.</summary>
    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        var file = System.IO.Path.Combine(path, LockFile);
        return FileLock.TryTake(file, UnixFileMode.UserRead | UnixFileMode.UserWrite)
            ?? throw new DataFolderException(
                $"the data folder {path} is in use by another edge node; stop that one, or give this one a folder of its own with --data");
    }

    private static Guid ReadOrMakeIdentity(string file)
    {
        if (File.Exists(file))
        {
            return Guid.TryParse(File.ReadAllText(file), out var known) ? known : throw new DataFolderException(
                $"{file} does not hold this node's identity (a GUID); restore it from a backup, "
                + "or delete it to let the node start as a new one");
        }

        var identity = Guid.NewGuid();
        DurableFile.Write(file, System.Text.Encoding.ASCII.GetBytes($"{identity:d}\n"));
        return identity;
    }

    private string Subfolder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;
}

using EdgeBench.Cluster.Access;
using EdgeBench.Cluster.Artifacts;
using EdgeBench.Cluster.Journal;
using Microsoft.Data.Sqlite;

namespace EdgeBench.Cluster;

/// <summary>A server's data folder, held by one server at a time.</summary>
internal sealed class ServerData : IDisposable
{
    private readonly FileStream _lock;

    private ServerData(string folder, FileStream locked, AccessToken token, ArtifactStore artifacts, Akka.Configuration.Config journal)
    {
        Folder = folder;
        _lock = locked;
        Token = token;
        Artifacts = artifacts;
        Journal = journal;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What lets nodes and clients in.</summary>
    public AccessToken Token { get; }

    /// <summary>The artifact store.</summary>
    public ArtifactStore Artifacts { get; }

    /// <summary>The settings that lead to the journal.</summary>
    public Akka.Configuration.Config Journal { get; }

    /// <summary>Where conversions are remembered.</summary>
    public string Conversions => Path.Combine(Folder, "conversions");

    /// <summary>Takes a data folder, which is made where it is not there.</summary>
    /// <exception cref="ServerStartException">Another server has it, or it cannot be used.</exception>
    public static ServerData Open(string folder)
    {
        FileStream? locked = null;
        try
        {
            var full = Directory.CreateDirectory(folder).FullName;
            locked = Lock(full);
            var data = new ServerData(
                full, locked, AccessToken.ReadOrMake(full), new ArtifactStore(Path.Combine(full, "artifacts")), JournalFile.Open(full));
            Directory.CreateDirectory(data.Conversions);
            return data;
        }
        catch (Exception exception)
        {
            locked?.Dispose();
            if (exception is IOException or UnauthorizedAccessException or SqliteException or InvalidDataException)
            {
                throw new ServerStartException(
                    $"the data folder {folder} cannot be used: {exception.Message}; give the server one that it may write, "
                    + "with free space: --data DIR",
                    exception);
            }

            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string folder)
    {
        var path = Path.Combine(folder, "server.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new ServerStartException(
                $"another server uses the data folder {folder}; stop it, or give this one another folder: --data DIR", exception);
        }
    }
}

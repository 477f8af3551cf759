using System.Security.Cryptography;
using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Cluster.Artifacts;

/// <summary>
/// Immutable files by their SHA-256 in a folder. A file counts once it is complete, flushed to disk and renamed; what is on its way lies in
/// a folder
/// beside and can be gone on with.
/// </summary>
internal sealed class ArtifactStore
{
    private readonly string _files;
    private readonly string _incoming;

    /// <summary>Opens the store in a folder, which is made where it is not there.</summary>
    public ArtifactStore(string folder)
    {
        _files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        _incoming = Directory.CreateDirectory(Path.Combine(folder, "incoming")).FullName;
    }

    /// <summary>The file of an artifact, or null where it is not there.</summary>
    public string? Find(Sha256 artifact)
    {
        var path = PathOf(artifact);
        return File.Exists(path) ? path : null;
    }

    /// <summary>The file in which the bytes of an artifact are gathered.</summary>
    public string PartOf(Sha256 artifact) => Path.Combine(_incoming, artifact.Hex);

    /// <summary>How many bytes of an artifact are there that is not complete.</summary>
    public long PartLength(Sha256 artifact)
    {
        var part = new FileInfo(PartOf(artifact));
        return part.Exists ? part.Length : 0;
    }

    /// <summary>Makes a complete part count. Its content has been hashed and flushed to disk.</summary>
    public void Keep(Sha256 artifact)
    {
        var path = PathOf(artifact);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(PartOf(artifact), path, overwrite: true);
    }

    /// <summary>Moves a file of this machine into the store.</summary>
    public ArtifactRef Import(string file)
    {
        Sha256 hash;
        long size;
        using (var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite))
        {
            hash = Sha256.FromHash(SHA256.HashData(stream));
            size = stream.Length;
            stream.Flush(flushToDisk: true);
        }

        if (Find(hash) is null)
        {
            var path = PathOf(hash);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // The file may come from another file system: the rename has to be within this one.
            var near = Path.Combine(_incoming, Path.GetRandomFileName());
            File.Move(file, near);
            File.Move(near, path, overwrite: true);
        }

        return new ArtifactRef(hash, size);
    }

    /// <summary>Copies a file of this machine into the store.</summary>
    public ArtifactRef ImportCopy(string file)
    {
        var copy = Path.Combine(_incoming, Path.GetRandomFileName());
        File.Copy(file, copy);
        try
        {
            return Import(copy);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private string PathOf(Sha256 artifact) => Path.Combine(_files, artifact.Hex[..2], artifact.Hex);
}

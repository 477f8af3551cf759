using System.Buffers;
using System.Security.Cryptography;

namespace EdgeBench.EdgeNode.Data;

/// <summary>
/// Immutable files named by their SHA-256 (64 lower-case hexadecimal digits). Each is checked when this process first uses it, and again
/// when it was written to since.
/// </summary>
public sealed class ArtifactCache
{
    private const int BufferSize = 1 << 20;

    private readonly string _folder;

    private readonly FileHashes _hashes = new();

    internal ArtifactCache(string folder) => _folder = folder;

    /// <summary>The path of an artifact that is here and whole. One that is damaged is taken away.</summary>
    /// <returns>Null where it is not here.</returns>
    public async Task<string?> FindAsync(string sha256, CancellationToken cancellation)
    {
        var path = PathOf(sha256);
        var found = await _hashes.FindAsync(path, cancellation).ConfigureAwait(false);
        if (found == sha256)
        {
            return path;
        }

        if (found is not null)
        {
            File.Delete(path);
        }

        return null;
    }

    /// <summary>
    /// Receives an artifact that is not here yet. What arrived before a failure is kept, and the next call goes on from there.
    /// </summary>
    /// <param name="sha256">Its SHA-256.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="open">Opens its content from an offset on.</param>
    /// <param name="cancellation">Ends the receiving.</param>
    /// <returns>The path of the artifact, or why it is not here: what arrived is not what was named, or the disk is full.</returns>
    /// <exception cref="IOException">The content broke off; call again to go on.</exception>
    public async Task<ReceivedArtifact> ReceiveAsync(
        string sha256, long size, Func<long, CancellationToken, Task<Stream>> open, CancellationToken cancellation)
    {
        if (await FindAsync(sha256, cancellation).ConfigureAwait(false) is { } present)
        {
            return new ReceivedArtifact(present, null);
        }

        var path = PathOf(sha256);
        var partial = path + DurableFile.PartialSuffix;
        try
        {
            string arrived;
            await using (var file = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            {
                arrived = await FillAsync(file, size, open, cancellation).ConfigureAwait(false);
            }

            if (arrived == sha256)
            {
                DurableFile.Publish(partial, path);
                return new ReceivedArtifact(path, null);
            }

            File.Delete(partial);
            return new ReceivedArtifact(null, $"what arrived as artifact {sha256} has the SHA-256 {arrived}; it was thrown away");
        }
        catch (Exception problem) when (DurableFile.IsDiskFull(problem) || problem is UnauthorizedAccessException)
        {
            return new ReceivedArtifact(null, DataFolderException.Describe(_folder, problem));
        }
    }

    private static async Task<string> FillAsync(
        FileStream file, long size, Func<long, CancellationToken, Task<Stream>> open, CancellationToken cancellation)
    {
        if (file.Length > size)
        {
            file.SetLength(0);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await file.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(buffer, 0, read);
            }

            if (file.Length < size)
            {
                await using var content = await open(file.Length, cancellation).ConfigureAwait(false);
                while (file.Length < size && (read = await content.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
                {
                    hash.AppendData(buffer, 0, read);
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                    await file.FlushAsync(cancellation).ConfigureAwait(false);
                }

                if (file.Length < size)
                {
                    throw new EndOfStreamException($"an artifact of {size} bytes broke off after {file.Length}");
                }
            }

            file.Flush(flushToDisk: true);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private string PathOf(string sha256) => sha256.Length == 64 && sha256.All(char.IsAsciiHexDigitLower)
        ? Path.Combine(_folder, sha256)
        : throw new ArgumentException($"'{sha256}' is no SHA-256 in lower-case hexadecimal digits", nameof(sha256));
}

/// <summary>What became of receiving an artifact.</summary>
/// <param name="Path">The path of the file, or null where it is not there.</param>
/// <param name="Problem">Why it is not there, for people, or null where it is.</param>
public sealed record ReceivedArtifact(string? Path, string? Problem);

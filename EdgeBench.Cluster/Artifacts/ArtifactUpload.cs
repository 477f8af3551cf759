using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Cluster.Artifacts;

/// <summary>Takes the bytes of artifacts into the store: hashed while they come, kept only where the hash is right.</summary>
/// <param name="store">The store.</param>
/// <param name="maximumBytes">The greatest length of an artifact.</param>
internal sealed class ArtifactUpload(ArtifactStore store, long maximumBytes)
{
    private const int BufferBytes = 128 * 1024;

    private readonly ConcurrentDictionary<Sha256, byte> _busy = new();

    /// <summary>Takes an artifact, or the rest of it.</summary>
    /// <param name="artifact">Its hash.</param>
    /// <param name="content">Its bytes from <paramref name="offset"/> on.</param>
    /// <param name="offset">How many bytes the store has already.</param>
    /// <param name="isLast">Whether the content goes to the artifact's end.</param>
    /// <param name="cancellationToken">Ends it; what has come stays to be gone on with.</param>
    /// <exception cref="IOException">The store cannot be written, or the content broke off.</exception>
    public async Task<UploadOutcome> TakeAsync(
        Sha256 artifact, Stream content, long offset, bool isLast, CancellationToken cancellationToken)
    {
        if (store.Find(artifact) is not null)
        {
            return UploadOutcome.Existed;
        }

        if (!_busy.TryAdd(artifact, 0))
        {
            return UploadOutcome.Busy;
        }

        try
        {
            return await AppendAsync(artifact, content, offset, isLast, cancellationToken);
        }
        finally
        {
            _busy.TryRemove(artifact, out _);
        }
    }

    private async Task<UploadOutcome> AppendAsync(
        Sha256 artifact, Stream content, long offset, bool isLast, CancellationToken cancellationToken)
    {
        if (offset > 0 && store.PartLength(artifact) != offset)
        {
            return UploadOutcome.WrongOffset;
        }

        var part = store.PartOf(artifact);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var tooLong = false;
        await using (var file = new FileStream(part, offset > 0 ? FileMode.Open : FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1))
        {
            var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
            try
            {
                for (int read; offset > 0 && (read = await file.ReadAsync(buffer, cancellationToken)) > 0;)
                {
                    hash.AppendData(buffer, 0, read);
                }

                for (int read; !tooLong && (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
                {
                    tooLong = file.Length + read > maximumBytes;
                    hash.AppendData(buffer, 0, read);
                    await file.WriteAsync(buffer.AsMemory(0, tooLong ? 0 : read), cancellationToken);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            file.Flush(flushToDisk: true);
        }

        if (tooLong)
        {
            File.Delete(part);
            return UploadOutcome.TooLong;
        }

        if (!isLast)
        {
            return UploadOutcome.Unfinished;
        }

        if (Sha256.FromHash(hash.GetHashAndReset()) != artifact)
        {
            File.Delete(part);
            return UploadOutcome.WrongHash;
        }

        store.Keep(artifact);
        return UploadOutcome.Kept;
    }
}

/// <summary>What came of an upload.</summary>
internal enum UploadOutcome
{
    /// <summary>The artifact is in the store.</summary>
    Kept,

    /// <summary>It was there already.</summary>
    Existed,

    /// <summary>What came is kept, and the rest is awaited.</summary>
    Unfinished,

    /// <summary>Its bytes are not those of its name; nothing is kept.</summary>
    WrongHash,

    /// <summary>It is longer than an artifact may be; nothing is kept.</summary>
    TooLong,

    /// <summary>The store has another number of bytes than the sender goes on from.</summary>
    WrongOffset,

    /// <summary>Somebody else is sending it.</summary>
    Busy,
}

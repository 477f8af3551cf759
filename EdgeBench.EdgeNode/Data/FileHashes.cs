using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace EdgeBench.EdgeNode.Data;

/// <summary>
/// The SHA-256 of files. Each file is read when this process first asks, and again when it was written to since: hashing a runtime image
/// anew for every attempt would cost more than creating its container.
/// </summary>
internal sealed class FileHashes
{
    private readonly ConcurrentDictionary<string, (long Length, DateTime Written, string Sha256)> _known = new();

    /// <summary>The hash of a file in lower-case hexadecimal digits, or null where there is no such file.</summary>
    public async Task<string?> FindAsync(string path, CancellationToken cancellation)
    {
        // Looked at before it is read, so that what is written in between is noticed the next time.
        var present = new FileInfo(path);
        if (!present.Exists)
        {
            return null;
        }

        if (_known.TryGetValue(path, out var known) && (known.Length, known.Written) == (present.Length, present.LastWriteTimeUtc))
        {
            return known.Sha256;
        }

        await using var file = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation).ConfigureAwait(false));
        _known[path] = (present.Length, present.LastWriteTimeUtc, hash);
        return hash;
    }
}

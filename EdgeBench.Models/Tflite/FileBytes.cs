using EdgeBench.Models.Containers;
using Microsoft.Win32.SafeHandles;

namespace EdgeBench.Models.Tflite;

/// <summary>The bytes of a file that may be damaged.</summary>
internal abstract class FileBytes
{
    /// <summary>Number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Some bytes.</summary>
    /// <param name="start">Where they begin.</param>
    /// <param name="count">Number of bytes.</param>
    /// <exception cref="ModelFileException">The file has no such bytes.</exception>
    public ReadOnlySpan<byte> At(long start, long count) => start >= 0 && count >= 0 && start <= Length - count
        ? Slice(start, (int)count)
        : throw new ModelFileException(TfliteReader.Damaged);

    protected abstract ReadOnlySpan<byte> Slice(long start, int count);
}

/// <summary>A file that is in memory.</summary>
internal sealed class LoadedBytes(byte[] bytes) : FileBytes
{
    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> Slice(long start, int count) => bytes.AsSpan((int)start, count);
}

/// <summary>A file of which only those pages are in memory that were looked at: not the weights.</summary>
internal sealed class PagedBytes(SafeFileHandle file) : FileBytes
{
    private const int PageBytes = 1 << 12;

    private readonly Dictionary<long, byte[]> _pages = [];

    /// <inheritdoc/>
    public override long Length { get; } = RandomAccess.GetLength(file);

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> Slice(long start, int count)
    {
        var (number, within) = Math.DivRem(start, PageBytes);
        if (within + count <= PageBytes)
        {
            if (!_pages.TryGetValue(number, out var page))
            {
                _pages[number] = page = Read(number * PageBytes, PageBytes);
            }

            return page.AsSpan((int)within, count);
        }

        return Read(start, count);
    }

    private byte[] Read(long start, int count)
    {
        var bytes = new byte[Math.Min(count, Length - start)];
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(file, bytes.AsSpan(done), start + done);
            done += read > 0 ? read : throw new ModelFileException(TfliteReader.Damaged);
        }

        return bytes;
    }
}

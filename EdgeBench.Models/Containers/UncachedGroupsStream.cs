namespace EdgeBench.Models.Containers;

/// <summary>An HDF5 file seen with certain bytes as 0: those that say that a symbol table entry caches a group
/// (<see cref="Hdf5Scan"/>).</summary>
/// <param name="inner">The file; closed with this.</param>
/// <param name="places">The places of the bytes, in order.</param>
internal sealed class UncachedGroupsStream(Stream inner, IReadOnlyList<long> places) : Stream
{
    private readonly long[] _places = [.. places];

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => inner.Length;

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        inner.Position = Position;
        var read = inner.Read(buffer);
        var first = Array.BinarySearch(_places, Position);
        for (var i = first < 0 ? ~first : first; i < _places.Length && _places[i] < Position + read; i++)
        {
            buffer[(int)(_places[i] - Position)] = 0;
        }

        Position += read;
        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

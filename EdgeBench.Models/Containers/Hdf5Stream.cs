using System.Buffers.Binary;

namespace EdgeBench.Models.Containers;

/// <summary>
/// An HDF5 file as the library may see it. Certain bytes are 0: those that say that a symbol table entry caches a group
/// (<see cref="Hdf5Scan"/>). What declares more bytes than there are is refused as soon as it is read, as the library would allocate them
/// before it reads on. It reads field by field, so that a heap is known by its signature and a fill value by its place in the message.
/// </summary>
/// <param name="inner">The file; closed with this.</param>
/// <param name="places">The places of the bytes, in order.</param>
internal sealed class Hdf5Stream(Stream inner, IReadOnlyList<long> places) : Stream
{
    // An object header message (HDF5 File Format Specification 3.0: IV.A.1.a) begins with its type, and its content 8 bytes later; in that of
    // a fill value (IV.A.2.f) the size follows one byte of version and one or three of flags.
    private const ushort FillValueType = 5;
    private const int FillValueSize = 8 + 4;
    private const int FillValueSizeOfVersion3 = 8 + 2;

    private readonly long[] _places = [.. places];
    private long _fillValue = -FillValueSize;

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

        Check(buffer[..read]);
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

    private void Check(ReadOnlySpan<byte> field)
    {
        switch (field.Length)
        {
            case sizeof(ushort) when BinaryPrimitives.ReadUInt16LittleEndian(field) == FillValueType:
                _fillValue = Position;
                break;
            case sizeof(uint) when Position - _fillValue is FillValueSize or FillValueSizeOfVersion3
                && BinaryPrimitives.ReadUInt32LittleEndian(field) > Length:
                throw new ModelFileException(
                    "a fill value of the HDF5 file declares more than the file holds, so it is damaged; save or copy it again");
            case sizeof(uint) when !Hdf5Heaps.IsSound(inner, Position, field):
                throw new ModelFileException(
                    "a heap of the HDF5 file declares more than the file holds, so it is damaged; save or copy it again");
        }
    }

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

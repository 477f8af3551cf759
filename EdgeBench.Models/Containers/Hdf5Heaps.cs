using System.Buffers.Binary;

namespace EdgeBench.Models.Containers;

/// <summary>
/// The heaps of an HDF5 file, which hold names and texts. Layouts from the HDF5 File Format Specification 3.0: III.D (local heap), III.E
/// (global heap).
/// </summary>
internal static class Hdf5Heaps
{
    private const int HeaderSize = 16;

    /// <summary>Whether no heap begins at a place, or one that declares no more bytes than there are.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="place">The place.</param>
    /// <param name="signature">The first four bytes there.</param>
    public static bool IsSound(Stream stream, long place, ReadOnlySpan<byte> signature) =>
        signature.SequenceEqual("GCOL"u8) ? IsGlobalHeapSound(stream, place)
        : !signature.SequenceEqual("HEAP"u8) || IsWithin(SizeAt(stream, place), stream.Length);

    // A collection is its header and objects; each object has a header too, with its index (0 is free space) and the size of what follows,
    // which is filled up to a multiple of 8.
    private static bool IsGlobalHeapSound(Stream stream, long heap)
    {
        var size = SizeAt(stream, heap);
        if (!IsWithin(size, stream.Length - heap))
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderSize];
        for (var at = heap + HeaderSize; at + HeaderSize <= heap + size;)
        {
            stream.Position = at;
            stream.ReadExactly(header);
            var isFree = BinaryPrimitives.ReadUInt16LittleEndian(header) == 0;
            var objectSize = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
            if (objectSize < 0 || objectSize > heap + size - at - (isFree ? 0 : HeaderSize))
            {
                return false;
            }

            if (isFree)
            {
                break;
            }

            at += HeaderSize + ((objectSize + 7) & ~7L);
        }

        return true;
    }

    private static long SizeAt(Stream stream, long heap)
    {
        Span<byte> size = stackalloc byte[8];
        if (heap + HeaderSize > stream.Length)
        {
            return -1;
        }

        stream.Position = heap + 8;
        stream.ReadExactly(size);
        return BinaryPrimitives.ReadInt64LittleEndian(size);
    }

    private static bool IsWithin(long size, long room) => size >= 0 && size <= room;
}

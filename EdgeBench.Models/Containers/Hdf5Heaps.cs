using System.Buffers.Binary;

namespace EdgeBench.Models.Containers;

/// <summary>
/// Sees that the heaps of an HDF5 file, which hold names and texts, declare no more bytes than there are: the library allocates what is
/// declared before it reads. Layouts from the HDF5 File Format Specification 3.0: III.D (local heap), III.E (global heap).
/// </summary>
internal sealed class Hdf5Heaps
{
    private const int HeaderSize = 16;

    private readonly SortedSet<long> _global = [];
    private readonly SortedSet<long> _local = [];

    /// <summary>Notes the heaps whose first bytes are in a block of the file.</summary>
    /// <param name="block">The block.</param>
    /// <param name="start">Its place in the file.</param>
    public void Collect(ReadOnlySpan<byte> block, long start)
    {
        Collect(block, start, "GCOL\u0001\0\0\0"u8, _global);
        Collect(block, start, "HEAP\0\0\0\0"u8, _local);
    }

    /// <summary>Looks at the heaps that were noted.</summary>
    /// <param name="stream">The file.</param>
    /// <exception cref="ModelFileException">One declares more than there is.</exception>
    public void Check(Stream stream)
    {
        if (_global.Any(heap => !IsGlobalHeapSound(stream, heap)) || _local.Any(heap => !IsWithin(SizeAt(stream, heap), stream.Length)))
        {
            throw new ModelFileException(
                "a heap of the HDF5 file declares more than the file holds, so it is damaged; save or copy it again");
        }
    }

    private static void Collect(ReadOnlySpan<byte> block, long start, ReadOnlySpan<byte> signature, SortedSet<long> places)
    {
        for (var at = 0; block[at..].IndexOf(signature) is >= 0 and var next; at += next + 1)
        {
            places.Add(start + at + next);
        }
    }

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

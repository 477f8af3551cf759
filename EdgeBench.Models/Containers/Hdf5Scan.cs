using System.Buffers.Binary;

namespace EdgeBench.Models.Containers;

/// <summary>
/// Looks through the bytes of an HDF5 file for what the HDF5 library must not see. Layouts from the HDF5 File Format Specification 3.0:
/// III.C (symbol table entry), IV.A.2.g (link message).
/// </summary>
/// <remarks>
/// Soft and external links: the library would follow them unasked, so that a file from a stranger could make us open any other file of
/// this machine. Keras
/// writes only hard links, and no dataset whose values lie in other files, which the library would open as well. Cached groups: an entry
/// of a symbol table may repeat where the members of a group stand; when a name beyond ASCII moves the group to
/// the newer form, the copy is left behind, and the library believes it.
/// </remarks>
internal static class Hdf5Scan
{
    private const int BlockSize = 1 << 20;

    /// <summary>Longest record looked at across the border of two blocks.</summary>
    private const int Overlap = 1 << 12;

    private const string Refusal =
        "the HDF5 file holds a soft or external link, which is not followed; save the model in one file with model.save(\"model.keras\")";

    private const string ExternalRefusal =
        "the HDF5 file keeps values in other files, which are not read; save the model in one file with model.save(\"model.keras\")";

    /// <summary>Reads the whole stream once.</summary>
    /// <returns>Where entries of symbol tables say that they cache a group: the place of the byte with the 1.</returns>
    /// <exception cref="ModelFileException">There is a soft or external link, or an attribute that declares more than the file has.</exception>
    public static IReadOnlyList<long> Run(Stream stream)
    {
        stream.Position = 0;
        var caches = new SortedSet<long>();
        var heaps = new HashSet<long>();
        var buffer = new byte[BlockSize + Overlap];
        long start = 0;
        for (var kept = 0; ;)
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(kept), buffer.Length - kept, throwOnEndOfStream: false);
            var block = buffer.AsSpan(0, kept + read);
            CollectExternalFileLists(block, heaps);
            Hdf5Attributes.Check(block, stream.Length);
            if (HasLinkMessage(block) || HasSoftEntry(block, start, caches))
            {
                throw new ModelFileException(Refusal);
            }

            if (block.Length < buffer.Length)
            {
                return heaps.Any(heap => IsLocalHeap(stream, heap)) ? throw new ModelFileException(ExternalRefusal) : [.. caches];
            }

            block[^Overlap..].CopyTo(buffer);
            start += block.Length - Overlap;
            kept = Overlap;
        }
    }

    /// <summary>
    /// What looks like a list of external files (message type 7, version 1): slots allocated and used, then the address of the heap with
    /// the files' names. Only when a
    /// heap is there is it one.
    /// </summary>
    private static void CollectExternalFileLists(ReadOnlySpan<byte> block, HashSet<long> heaps)
    {
        const int Size = 16;
        for (var at = 0; ; at++)
        {
            var next = block[at..].IndexOf("\u0001\0\0\0"u8);
            if (next < 0 || at + next + Size > block.Length)
            {
                return;
            }

            at += next;
            var allocated = BinaryPrimitives.ReadUInt16LittleEndian(block[(at + 4)..]);
            var used = BinaryPrimitives.ReadUInt16LittleEndian(block[(at + 6)..]);
            if (used > 0 && used <= allocated && BinaryPrimitives.ReadInt64LittleEndian(block[(at + 8)..]) is > 0 and var heap)
            {
                heaps.Add(heap);
            }
        }
    }

    private static bool IsLocalHeap(Stream stream, long address)
    {
        Span<byte> signature = stackalloc byte[4];
        if (address > stream.Length - signature.Length)
        {
            return false;
        }

        stream.Position = address;
        stream.ReadExactly(signature);
        return signature.SequenceEqual("HEAP"u8);
    }

    /// <summary>A link message of version 1 whose flags say that its type is written out, and whose type is soft (1) or external
    /// (64).</summary>
    private static bool HasLinkMessage(ReadOnlySpan<byte> block)
    {
        for (var at = 0; ;)
        {
            var next = block[at..].IndexOf((byte)1);
            if (next < 0 || at + next + 3 > block.Length)
            {
                return false;
            }

            at += next;
            if ((block[at + 1] & 0xE8) == 0x08 && block[at + 2] is 1 or 64 && IsLinkMessage(block[at..]))
            {
                return true;
            }

            at++;
        }
    }

    private static bool IsLinkMessage(ReadOnlySpan<byte> message)
    {
        var flags = message[1];
        var at = 3 + ((flags & 4) != 0 ? 8 : 0) + ((flags & 16) != 0 ? 1 : 0);
        var lengthSize = 1 << (flags & 3);
        if (!TryLength(message, ref at, lengthSize, out var nameLength) || !TryText(message, ref at, nameLength))
        {
            return false;
        }

        if (!TryLength(message, ref at, 2, out var targetLength))
        {
            return false;
        }

        if (message[2] == 1)
        {
            return TryText(message, ref at, targetLength);
        }

        // A byte of version and flags, then two texts, each ended by a zero.
        if (targetLength < 4 || at + targetLength > message.Length || message[at] != 0)
        {
            return false;
        }

        var target = message.Slice(at + 1, targetLength - 1);
        var separator = target.IndexOf((byte)0);
        return separator > 0 && target[^1] == 0 && IsText(target[..separator]) && IsText(target[(separator + 1)..^1]);
    }

    /// <summary>Goes through the symbol table nodes (signature SNOD). An entry whose cache type is 1 caches a group, one of type 2 is a
    /// soft link.</summary>
    private static bool HasSoftEntry(ReadOnlySpan<byte> block, long start, SortedSet<long> caches)
    {
        const int EntrySize = 40;
        const int CacheType = 16;
        for (var node = 0; ;)
        {
            var next = block[node..].IndexOf("SNOD\u0001\0"u8);
            if (next < 0 || node + next + 8 > block.Length)
            {
                return false;
            }

            node += next;
            var entries = BinaryPrimitives.ReadUInt16LittleEndian(block[(node + 6)..]);
            for (var (i, at) = (0, node + 8); i < entries && at + EntrySize <= block.Length; i++, at += EntrySize)
            {
                switch (BinaryPrimitives.ReadUInt64LittleEndian(block[(at + CacheType)..]))
                {
                    case 1:
                        caches.Add(start + at + CacheType);
                        break;
                    case 2:
                        return true;
                }
            }

            node += 4;
        }
    }

    private static bool TryLength(ReadOnlySpan<byte> message, ref int at, int size, out int length)
    {
        length = 0;
        if (at + size > message.Length)
        {
            return false;
        }

        ulong value = 0;
        for (var i = size - 1; i >= 0; i--)
        {
            value = (value << 8) | message[at + i];
        }

        at += size;
        length = value is > 0 and < Overlap ? (int)value : 0;
        return length > 0;
    }

    private static bool TryText(ReadOnlySpan<byte> message, ref int at, int length)
    {
        if (at + length > message.Length || !IsText(message.Slice(at, length)))
        {
            return false;
        }

        at += length;
        return true;
    }

    private static bool IsText(ReadOnlySpan<byte> text) =>
        !text.IsEmpty && text.IndexOfAnyInRange((byte)0, (byte)0x1F) < 0 && System.Text.Unicode.Utf8.IsValid(text);
}

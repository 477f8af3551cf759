using System.Buffers.Binary;

namespace EdgeBench.Models.Containers;

/// <summary>
/// Finds links that point elsewhere by their bytes, since the HDF5 library would follow them unasked: a file from a stranger could make us open any other
/// file of this machine. Keras writes only hard links. Layouts from the HDF5 File Format Specification 3.0: III.C (symbol table entry), IV.A.2.g (link message).
/// </summary>
internal static class Hdf5LinkCheck
{
    private const int BlockSize = 1 << 20;

    /// <summary>Longest record looked at across the border of two blocks.</summary>
    private const int Overlap = 1 << 12;

    private const string Refusal =
        "the HDF5 file holds a soft or external link, which is not followed; save the model in one file with model.save(\"model.keras\")";

    /// <summary>Reads the whole stream once.</summary>
    /// <exception cref="ModelFileException">There is such a link.</exception>
    public static void RefuseLinks(Stream stream)
    {
        stream.Position = 0;
        var buffer = new byte[BlockSize + Overlap];
        for (var kept = 0; ;)
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(kept), buffer.Length - kept, throwOnEndOfStream: false);
            var block = buffer.AsSpan(0, kept + read);
            if (HasLinkMessage(block) || HasSoftEntry(block))
            {
                throw new ModelFileException(Refusal);
            }

            if (block.Length < buffer.Length)
            {
                return;
            }

            block[^Overlap..].CopyTo(buffer);
            kept = Overlap;
        }
    }

    /// <summary>A link message of version 1 whose flags say that its type is written out, and whose type is soft (1) or external (64).</summary>
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
            if ((block[at + 1] & 0xE8) == 0x08 && block[at + 2] is 1 or 64 && (block[at + 1] & 0xE8) == 0x08 && IsLinkMessage(block[at..]))
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

    /// <summary>An entry of a symbol table node (signature SNOD) whose cache type is 2: a symbolic link.</summary>
    private static bool HasSoftEntry(ReadOnlySpan<byte> block)
    {
        const int EntrySize = 40;
        for (var rest = block; ;)
        {
            var next = rest.IndexOf("SNOD\u0001"u8);
            if (next < 0 || next + 8 > rest.Length)
            {
                return false;
            }

            var entries = BinaryPrimitives.ReadUInt16LittleEndian(rest[(next + 6)..]);
            for (var (i, at) = (0, next + 8); i < entries && at + EntrySize <= rest.Length; i++, at += EntrySize)
            {
                if (BinaryPrimitives.ReadUInt32LittleEndian(rest[(at + 16)..]) == 2)
                {
                    return true;
                }
            }

            rest = rest[(next + 4)..];
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

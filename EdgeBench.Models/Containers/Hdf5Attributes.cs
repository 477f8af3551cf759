using System.Buffers.Binary;

namespace EdgeBench.Models.Containers;

/// <summary>
/// Sees that the attributes of an HDF5 file declare no more bytes than there are: the library allocates what is declared before it reads.
/// Layouts from the HDF5 File Format Specification 3.0: IV.A.2.m (attribute message), IV.A.2.b (dataspace message), IV.A.2.d (datatype
/// message). An attribute has no signature; what has its form throughout is taken for one.
/// </summary>
internal static class Hdf5Attributes
{
    /// <summary>Version, flags, and the sizes of name, type and space.</summary>
    private const int HeaderSize = 8;

    /// <summary>Version, rank, flags and, in version 1, five bytes more.</summary>
    private const int SpaceSize = 4;

    private const int DimensionSize = 8;
    private const int MostDimensions = 32;

    /// <summary>Looks at the attributes in a block of the file.</summary>
    /// <param name="block">The block.</param>
    /// <param name="length">Length of the file in bytes.</param>
    /// <exception cref="ModelFileException">One declares more than there is.</exception>
    public static void Check(ReadOnlySpan<byte> block, long length)
    {
        Check(block, "\u0001\0"u8, length);
        Check(block, "\u0003\0"u8, length);
    }

    private static void Check(ReadOnlySpan<byte> block, ReadOnlySpan<byte> versionAndFlags, long length)
    {
        for (var at = 0; block[at..].IndexOf(versionAndFlags) is >= 0 and var next; at += next + 1)
        {
            if (DeclaredBytes(block[(at + next)..]) > (UInt128)length)
            {
                throw new ModelFileException(
                    "an attribute of the HDF5 file declares more than the file holds, so it is damaged; save or copy it again");
            }
        }
    }

    /// <summary>How many bytes the value of an attribute has; 0 for what is no attribute. In version 1 the parts are filled up to multiples
    /// of 8, in version 3 the encoding of the name stands before it.</summary>
    private static UInt128 DeclaredBytes(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderSize)
        {
            return 0;
        }

        var isFilled = message[0] == 1;
        var name = HeaderSize + (isFilled ? 0 : 1);
        var nameSize = BinaryPrimitives.ReadUInt16LittleEndian(message[2..]);
        var type = name + Filled(nameSize);
        var space = type + Filled(BinaryPrimitives.ReadUInt16LittleEndian(message[4..]));
        var spaceSize = BinaryPrimitives.ReadUInt16LittleEndian(message[6..]);
        return nameSize > 1 && space - type >= HeaderSize && space + spaceSize <= message.Length
            && message.Slice(name, nameSize).IndexOf((byte)0) == nameSize - 1
            ? Elements(message.Slice(space, spaceSize)) * BinaryPrimitives.ReadUInt32LittleEndian(message[(type + 4)..])
            : 0;

        int Filled(int size) => isFilled ? (size + 7) & ~7 : size;
    }

    /// <summary>The number of elements of a dataspace; 0 where it is none.</summary>
    private static UInt128 Elements(ReadOnlySpan<byte> space)
    {
        if (space.Length < SpaceSize || space[0] is not (1 or 2) || space[1] > MostDimensions || space[2] > 1)
        {
            return 0;
        }

        var header = space[0] == 1 ? 2 * SpaceSize : SpaceSize;
        if (space.Length != header + (space[1] * DimensionSize * (1 + space[2])))
        {
            return 0;
        }

        // More than a factor of 64 bits is too many whatever comes behind, so that the product cannot leave its 128.
        UInt128 elements = 1;
        for (var i = 0; i < space[1] && elements <= ulong.MaxValue; i++)
        {
            elements *= BinaryPrimitives.ReadUInt64LittleEndian(space[(header + (i * DimensionSize))..]);
        }

        return UInt128.Min(elements, ulong.MaxValue);
    }
}

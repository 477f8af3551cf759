using System.Buffers.Binary;
using System.Text;
using EdgeBench.Models.Containers;

namespace EdgeBench.Models.Tflite;

/// <summary>A table of a FlatBuffers file that may be damaged. Every access is checked against the ends of the file, and lists that refer
/// to each other over and over come to an end.</summary>
internal sealed class FlatBufferTable
{
    private readonly FileBytes _file;
    private readonly long _position;
    private readonly Allowance _allowance;

    private FlatBufferTable(FileBytes file, long position, Allowance allowance) =>
        (_file, _position, _allowance) = (file, position, allowance);

    /// <summary>The outermost table of a file.</summary>
    public static FlatBufferTable Root(FileBytes file) => new(file, Offset(file, 0), new Allowance(file.Length));

    public byte Byte(int slot, byte whenLeftOut = 0) => Place(slot) is { } place ? _file.At(place, sizeof(byte))[0] : whenLeftOut;

    public int Int(int slot, int whenLeftOut = 0) => Place(slot) is { } place ? Int(_file, place) : whenLeftOut;

    public float Float(int slot, float whenLeftOut = 0) =>
        Place(slot) is { } place ? BinaryPrimitives.ReadSingleLittleEndian(_file.At(place, sizeof(float))) : whenLeftOut;

    public string Text(int slot) => Encoding.UTF8.GetString(Bytes(slot));

    /// <summary>The table in a slot; null where there is none.</summary>
    public FlatBufferTable? Table(int slot) => Place(slot) is { } place ? At(place) : null;

    /// <summary>The tables of a list.</summary>
    public IReadOnlyList<FlatBufferTable> Tables(int slot)
    {
        var (start, count) = List(slot, sizeof(int));
        return Enumerable.Range(0, count).Select(i => At(start + (sizeof(int) * i))).ToList();
    }

    /// <summary>A list of whole numbers.</summary>
    public IReadOnlyList<int> Ints(int slot)
    {
        var (start, count) = List(slot, sizeof(int));
        return Enumerable.Range(0, count).Select(i => Int(_file, start + (sizeof(int) * i))).ToList();
    }

    /// <summary>A list of bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int slot)
    {
        var (start, count) = List(slot, sizeof(byte));
        return _file.At(start, count);
    }

    /// <summary>Number of elements of a list, which are not read.</summary>
    public int Count(int slot, int elementSize) => Find(slot, elementSize).Count;

    private static int Int(FileBytes file, long place) => BinaryPrimitives.ReadInt32LittleEndian(file.At(place, sizeof(int)));

    private static ushort Short(FileBytes file, long place) => BinaryPrimitives.ReadUInt16LittleEndian(file.At(place, sizeof(ushort)));

    /// <summary>What the offset at a place leads to.</summary>
    private static long Offset(FileBytes file, long place) => place + BinaryPrimitives.ReadUInt32LittleEndian(file.At(place, sizeof(uint)));

    private FlatBufferTable At(long place) => new(_file, Offset(_file, place), _allowance);

    private (long Start, int Count) List(int slot, int elementSize)
    {
        var list = Find(slot, elementSize);
        _allowance.Take(list.Count);
        return list;
    }

    private (long Start, int Count) Find(int slot, int elementSize)
    {
        if (Place(slot) is not { } place)
        {
            return (0, 0);
        }

        var list = Offset(_file, place);
        var count = Int(_file, list);
        return count >= 0 && list + sizeof(int) + ((long)count * elementSize) <= _file.Length
            ? (list + sizeof(int), count)
            : throw new ModelFileException(TfliteReader.Damaged);
    }

    /// <summary>Where a slot's value lies; null where it is left out. The places of the slots stand in a list that tables share, behind its
    /// size and theirs.</summary>
    private long? Place(int slot)
    {
        var slots = _position - Int(_file, _position);
        var entry = sizeof(int) + (sizeof(ushort) * slot);
        return entry + sizeof(ushort) <= Short(_file, slots) && Short(_file, slots + entry) is not 0 and var offset
            ? _position + offset
            : null;
    }

    /// <summary>Elements that may still be read. In a sound file no byte belongs to many of them.</summary>
    private sealed class Allowance(long bytes)
    {
        private const int ReadsPerByte = 4;

        private long _left = bytes * ReadsPerByte;

        public void Take(int count)
        {
            if ((_left -= count) < 0)
            {
                throw new ModelFileException(TfliteReader.Damaged);
            }
        }
    }
}

using System.Text;
using EdgeBench.Models.Containers;
using Google.FlatBuffers;

namespace EdgeBench.Models.Tflite;

/// <summary>A table of a FlatBuffers file that may be damaged. The library checks every access against the ends of the file; here is seen
/// to it that lists which refer to each other over and over come to an end.</summary>
internal sealed class FlatBufferTable
{
    private readonly Table _table;
    private readonly Allowance _allowance;

    private FlatBufferTable(Table table, Allowance allowance) => (_table, _allowance) = (table, allowance);

    /// <summary>The outermost table of a file.</summary>
    public static FlatBufferTable Root(byte[] file)
    {
        var buffer = new ByteBuffer(file);
        return new FlatBufferTable(new Table(buffer.GetInt(0), buffer), new Allowance(file));
    }

    public byte Byte(int slot, byte whenLeftOut = 0) => Place(slot) is { } place ? _table.bb.Get(place) : whenLeftOut;

    public int Int(int slot, int whenLeftOut = 0) => Place(slot) is { } place ? _table.bb.GetInt(place) : whenLeftOut;

    public float Float(int slot, float whenLeftOut = 0) => Place(slot) is { } place ? _table.bb.GetFloat(place) : whenLeftOut;

    public string Text(int slot) => Encoding.UTF8.GetString(Bytes(slot));

    /// <summary>The table in a slot; null where there is none.</summary>
    public FlatBufferTable? Table(int slot) =>
        Place(slot) is { } place ? new FlatBufferTable(new Table(_table.__indirect(place), _table.bb), _allowance) : null;

    /// <summary>The tables of a list.</summary>
    public IReadOnlyList<FlatBufferTable> Tables(int slot)
    {
        var (start, count) = List(slot, sizeof(int));
        return Enumerable.Range(0, count)
            .Select(i => new FlatBufferTable(new Table(_table.__indirect(start + (sizeof(int) * i)), _table.bb), _allowance)).ToList();
    }

    /// <summary>A list of whole numbers.</summary>
    public IReadOnlyList<int> Ints(int slot)
    {
        var (start, count) = List(slot, sizeof(int));
        return Enumerable.Range(0, count).Select(i => _table.bb.GetInt(start + (sizeof(int) * i))).ToList();
    }

    /// <summary>A list of bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int slot)
    {
        var (start, count) = List(slot, sizeof(byte));
        return _allowance.File.AsSpan(start, count);
    }

    /// <summary>Number of elements of a list, which are not read.</summary>
    public int Count(int slot, int elementSize) => Find(slot, elementSize).Count;

    private (int Start, int Count) List(int slot, int elementSize)
    {
        var list = Find(slot, elementSize);
        _allowance.Take(list.Count);
        return list;
    }

    private (int Start, int Count) Find(int slot, int elementSize)
    {
        if (Place(slot) is not { } place)
        {
            return (0, 0);
        }

        var list = _table.__indirect(place);
        var count = _table.bb.GetInt(list);
        return count >= 0 && list + sizeof(int) + ((long)count * elementSize) <= _table.bb.Length
            ? (list + sizeof(int), count)
            : throw new ModelFileException(TfliteReader.Damaged);
    }

    private int? Place(int slot) => _table.__offset(sizeof(int) + (sizeof(short) * slot)) is not 0 and var offset
        ? _table.bb_pos + offset
        : null;

    /// <summary>Elements that may still be read. In a sound file no byte belongs to many of them.</summary>
    private sealed class Allowance(byte[] file)
    {
        private const int ReadsPerByte = 4;

        private long _left = file.LongLength * ReadsPerByte;

        public byte[] File => file;

        public void Take(int count)
        {
            if ((_left -= count) < 0)
            {
                throw new ModelFileException(TfliteReader.Damaged);
            }
        }
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>
/// What an image must know of a 64-bit little-endian ELF file: for which processor it is, and what it needs to be loaded.
/// </summary>
/// <param name="Architecture">The processor, or null for another than x64 and arm64.</param>
/// <param name="Interpreter">The path of the loader that starts it, or null for a library.</param>
/// <param name="Needed">The names of the libraries it is linked with.</param>
internal sealed record ElfFile(Architecture? Architecture, string? Interpreter, IReadOnlyList<string> Needed)
{
    private const int SegmentHeaderBytes = 56;
    private const uint SegmentLoad = 1;
    private const uint SegmentDynamic = 2;
    private const uint SegmentInterpreter = 3;
    private const int DynamicEntryBytes = 16;
    private const long DynamicNeeded = 1;
    private const long DynamicStringTable = 5;

    /// <summary>Reads a file; null where it is no such ELF file.</summary>
    public static ElfFile? Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        ReadOnlySpan<byte> littleEndian64 = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];
        if (bytes.Length < 64 || !bytes.AsSpan().StartsWith(littleEndian64))
        {
            return null;
        }

        Architecture? architecture = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(18)) switch
        {
            62 => System.Runtime.InteropServices.Architecture.X64,
            183 => System.Runtime.InteropServices.Architecture.Arm64,
            _ => null,
        };
        var segments = ReadSegments(bytes);
        var interpreter = segments.FirstOrDefault(segment => segment.Type == SegmentInterpreter);
        return new ElfFile(architecture, interpreter is null ? null : ReadString(bytes, interpreter.Offset), ReadNeeded(bytes, segments));
    }

    private static List<Segment> ReadSegments(byte[] bytes)
    {
        var table = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(32));
        var count = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(56));
        var segments = new List<Segment>(count);
        for (var index = 0; index < count; index++)
        {
            var header = bytes.AsSpan((int)table + (index * SegmentHeaderBytes), SegmentHeaderBytes);
            segments.Add(new Segment(
                BinaryPrimitives.ReadUInt32LittleEndian(header),
                BinaryPrimitives.ReadInt64LittleEndian(header[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(header[32..])));
        }

        return segments;
    }

    private static List<string> ReadNeeded(byte[] bytes, List<Segment> segments)
    {
        var dynamic = segments.FirstOrDefault(segment => segment.Type == SegmentDynamic);
        if (dynamic is null)
        {
            return [];
        }

        var entries = new List<(long Tag, long Value)>();
        for (var offset = dynamic.Offset; offset < dynamic.Offset + dynamic.Length; offset += DynamicEntryBytes)
        {
            var entry = bytes.AsSpan((int)offset, DynamicEntryBytes);
            entries.Add((BinaryPrimitives.ReadInt64LittleEndian(entry), BinaryPrimitives.ReadInt64LittleEndian(entry[8..])));
        }

        // The string table is named by its address in memory; the loaded segment around it tells where that is in the file.
        var address = entries.First(entry => entry.Tag == DynamicStringTable).Value;
        var loaded = segments.First(s => s.Type == SegmentLoad && s.Address <= address && address < s.Address + s.Length);
        var strings = address - loaded.Address + loaded.Offset;
        return [.. entries.Where(entry => entry.Tag == DynamicNeeded).Select(entry => ReadString(bytes, strings + entry.Value))];
    }

    private static string ReadString(byte[] bytes, long offset)
    {
        var text = bytes.AsSpan((int)offset);
        return Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)]);
    }

    private sealed record Segment(uint Type, long Offset, long Address, long Length);
}

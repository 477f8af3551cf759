using System.IO.Compression;
using System.IO.Hashing;
using System.Text.Json;

namespace EdgeBench.Models.Containers;

/// <summary>A <c>.keras</c> zip. Members are read by their names into memory; nothing is ever extracted to a path.</summary>
internal sealed class KerasArchive : IDisposable
{
    /// <summary>Most bytes that weights may unpack to: above it .NET has no array for them.</summary>
    private const long MaximumWeights = 0x7FFFFFC7;

    // Keras writes three, and one for each file that a layer keeps.
    private const int MaximumMembers = 10_000;

    private readonly ZipArchive _zip;
    private readonly IReadOnlyList<ZipArchiveEntry> _entries;
    private readonly long _length;

    private KerasArchive(ZipArchive zip, IReadOnlyList<ZipArchiveEntry> entries, long length)
    {
        _zip = zip;
        _entries = entries;
        _length = length;
    }

    /// <summary>The first bytes of a zip with at least one member.</summary>
    public static ReadOnlySpan<byte> Signature => [(byte)'P', (byte)'K', 3, 4];

    /// <summary>Opens a zip; the stream is closed with it.</summary>
    /// <exception cref="ModelFileException">It is damaged, or has too many members.</exception>
    public static KerasArchive Open(Stream stream)
    {
        try
        {
            // The directory is read, and its damage found, when the entries are first looked at.
            var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            return zip.Entries.Count <= MaximumMembers
                ? new KerasArchive(zip, zip.Entries, stream.Length)
                : throw new ModelFileException(
                    $"the archive holds {zip.Entries.Count} members, more than the {MaximumMembers} that are taken");
        }
        catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException or NotSupportedException)
        {
            stream.Dispose();
            throw Damaged(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _zip.Dispose();

    /// <summary>A JSON member; null where there is none.</summary>
    public JsonElement? Json(string name) =>
        Member(name) is { } entry ? KerasJson.Parse(Read(entry, KerasJson.MaximumBytes), name) : null;

    /// <summary>The names of all members.</summary>
    public IReadOnlyList<string> Names => _entries.Select(entry => entry.FullName).ToList();

    /// <summary>An HDF5 member; null where there is none.</summary>
    public Hdf5Content? Hdf5(string name) =>
        Member(name) is { } entry ? Hdf5Content.Open(new MemoryStream(Read(entry, MaximumWeights), writable: false)) : null;

    private ZipArchiveEntry? Member(string name)
    {
        var entries = _entries.Where(entry => entry.FullName == name).ToList();
        return entries.Count <= 1
            ? entries.SingleOrDefault()
            : throw new ModelFileException(
                $"the archive holds '{name}' more than once, so it is not clear which counts; save the model again");
    }

    private byte[] Read(ZipArchiveEntry entry, long limit)
    {
        // Deflate cannot grow by more than 1032; a declared size beyond that is a lie.
        if (entry.Length > limit || entry.Length / 1032 > _length)
        {
            throw new ModelFileException(
                $"'{entry.FullName}' claims to unpack to {entry.Length} bytes, more than is taken; save the model again");
        }

        try
        {
            using var stream = entry.Open();
            var content = new byte[entry.Length];
            stream.ReadExactly(content);

            // ZipArchive does not compare: a flipped bit in a weight would go unseen.
            return Crc32.HashToUInt32(content) == entry.Crc32
                ? content
                : throw new InvalidDataException($"'{entry.FullName}' has another checksum");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException)
        {
            throw Damaged(e);
        }
    }

    private static ModelFileException Damaged(Exception e) =>
        new("the .keras archive is damaged or incomplete; save or copy it again", e);
}

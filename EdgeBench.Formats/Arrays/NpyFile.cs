using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EdgeBench.Formats.Arrays;

/// <summary>
/// An array of numbers in NumPy's file format (<c>.npy</c>, versions 1 to 3 of its specification): what <c>numpy.save</c> writes.
/// </summary>
public sealed partial class NpyFile
{
    // A header holds a few words; what says that it is longer is damaged.
    private const int MaximumHeaderBytes = 1 << 16;

    private static readonly Dictionary<string, (int Bytes, Func<ReadOnlySpan<byte>, double> Read)> Types = new()
    {
        ["<f2"] = (2, bytes => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes)),
        ["<f4"] = (4, bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes)),
        ["<f8"] = (8, bytes => BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
        ["|b1"] = (1, bytes => bytes[0] == 0 ? 0 : 1),
        ["|i1"] = (1, bytes => (sbyte)bytes[0]),
        ["|u1"] = (1, bytes => bytes[0]),
        ["<i2"] = (2, bytes => BinaryPrimitives.ReadInt16LittleEndian(bytes)),
        ["<u2"] = (2, bytes => BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
        ["<i4"] = (4, bytes => BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        ["<u4"] = (4, bytes => BinaryPrimitives.ReadUInt32LittleEndian(bytes)),
        ["<i8"] = (8, bytes => BinaryPrimitives.ReadInt64LittleEndian(bytes)),
        ["<u8"] = (8, bytes => BinaryPrimitives.ReadUInt64LittleEndian(bytes)),
    };

    private readonly (int Bytes, Func<ReadOnlySpan<byte>, double> Read) _type;

    private NpyFile(
        IReadOnlyList<int> shape, (int Bytes, Func<ReadOnlySpan<byte>, double> Read) type, bool isFortran, ReadOnlyMemory<byte> elements) =>
        (Shape, _type, IsFortran, Elements) = (shape, type, isFortran, elements);

    /// <summary>Its dimensions.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Whether its elements are in Fortran's order, which has the first index run fastest, and not in that of C.</summary>
    public bool IsFortran { get; }

    /// <summary>Its elements as they are in the file, little-endian.</summary>
    public ReadOnlyMemory<byte> Elements { get; }

    private static ReadOnlySpan<byte> Signature => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Whether the content of a file begins as such.</summary>
    public static bool IsOne(ReadOnlySpan<byte> content) => content.StartsWith(Signature);

    /// <summary>Whether a file begins as such.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool IsOne(string path)
    {
        Span<byte> head = stackalloc byte[Signature.Length];
        using var stream = File.OpenRead(path);
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && IsOne(head);
    }

    /// <summary>Takes a file's content apart.</summary>
    /// <param name="content">The content.</param>
    /// <param name="name">What to call the file.</param>
    /// <exception cref="InvalidDataException">It is no such file, is damaged, or holds something else than numbers.</exception>
    public static NpyFile Parse(ReadOnlyMemory<byte> content, string name)
    {
        var bytes = content.Span;
        if (!IsOne(bytes))
        {
            throw new InvalidDataException($"{name} is no .npy file; write it with numpy.save");
        }

        // Version 1 counts the header in two bytes, later ones in four.
        var start = bytes.Length > Signature.Length && bytes[Signature.Length] == 1 ? 10 : 12;
        if (bytes.Length < start)
        {
            throw Damaged(name);
        }

        var length = start == 10
            ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (length > MaximumHeaderBytes || start + length > bytes.Length)
        {
            throw Damaged(name);
        }

        var header = Encoding.UTF8.GetString(bytes.Slice(start, (int)length));
        var (type, order, shape) = (TypePattern().Match(header), OrderPattern().Match(header), ShapePattern().Match(header));
        if (!type.Success || !order.Success || !shape.Success)
        {
            throw Damaged(name);
        }

        if (!Types.TryGetValue(type.Groups[1].Value, out var element))
        {
            throw new InvalidDataException(
                $"{name} has elements of type {type.Groups[1].Value}, which are no plain numbers in little-endian order; convert it with "
                + $"astype to one of {string.Join(", ", Types.Keys)}");
        }

        var sizes = Sizes(shape.Groups[1].Value, name);
        var elements = content[(start + (int)length)..];
        // In floating point, as sizes of a damaged file may multiply to anything.
        return sizes.Aggregate((double)element.Bytes, (product, size) => product * size) == elements.Length
            ? new NpyFile(sizes, element, order.Groups[1].Value == "True", elements)
            : throw new InvalidDataException($"{name} is damaged: its elements are not as many as its header says; write it again");
    }

    /// <summary>Its elements as numbers, in C order.</summary>
    public double[] Values()
    {
        var elements = Elements.Span;
        var values = new double[elements.Length / _type.Bytes];
        var index = new int[Shape.Count];
        for (var target = 0; target < values.Length; target++)
        {
            values[target] = _type.Read(elements[((IsFortran ? FortranPlace(index) : target) * _type.Bytes)..]);
            for (var axis = Shape.Count - 1; axis >= 0 && ++index[axis] == Shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }

        return values;
    }

    private int FortranPlace(int[] index)
    {
        var place = 0;
        for (var axis = Shape.Count - 1; axis >= 0; axis--)
        {
            place = (place * Shape[axis]) + index[axis];
        }

        return place;
    }

    private static List<int> Sizes(string text, string name) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(
            size => int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw Damaged(name))];

    private static InvalidDataException Damaged(string name) => new($"{name} is a damaged or incomplete .npy file; write it again");

    [GeneratedRegex("""'descr'\s*:\s*'([^']+)'""")]
    private static partial Regex TypePattern();

    [GeneratedRegex("""'fortran_order'\s*:\s*(True|False)""")]
    private static partial Regex OrderPattern();

    [GeneratedRegex("""'shape'\s*:\s*\(([^)]*)\)""")]
    private static partial Regex ShapePattern();
}

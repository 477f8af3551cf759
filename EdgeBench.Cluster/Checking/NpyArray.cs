using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EdgeBench.Cluster.Checking;

/// <summary>
/// An array of numbers in NumPy's file format (<c>.npy</c>, versions 1 to 3 of its specification): what <c>numpy.save</c> writes.
/// </summary>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Values">Its elements in C order.</param>
internal sealed partial record NpyArray(IReadOnlyList<int> Shape, double[] Values)
{
    // A header holds a few words; what says that it is longer is damaged.
    private const int MaximumHeaderBytes = 1 << 16;

    private static ReadOnlySpan<byte> Signature => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private static readonly Dictionary<string, (int Bytes, Func<ReadOnlySpan<byte>, double> Read)> Types = new()
    {
        ["<f2"] = (2, bytes => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes)),
        ["<f4"] = (4, bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes)),
        ["<f8"] = (8, bytes => BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
        ["|b1"] = (1, bytes => bytes[0] == 0 ? 0 : 1),
        ["|i1"] = (1, bytes => (sbyte)bytes[0]),
        ["|u1"] = (1, bytes => bytes[0]),
        ["<i2"] = (2, bytes => BinaryPrimitives.ReadInt16LittleEndian(bytes)),
        ["<i4"] = (4, bytes => BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        ["<i8"] = (8, bytes => BinaryPrimitives.ReadInt64LittleEndian(bytes)),
    };

    /// <summary>Whether a file begins as such.</summary>
    public static bool IsOne(string file)
    {
        Span<byte> head = stackalloc byte[Signature.Length];
        using var stream = File.OpenRead(file);
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual(Signature);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckDataException">It is no such file, is damaged, or holds something else than numbers.</exception>
    public static NpyArray Read(string file)
    {
        try
        {
            return Read(File.ReadAllBytes(file), Path.GetFileName(file));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CheckDataException($"{file} cannot be read: {problem.Message}", problem);
        }
    }

    private static NpyArray Read(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.Length < 12 || !bytes.StartsWith(Signature))
        {
            throw new CheckDataException($"{name} is no .npy file; write it with numpy.save");
        }

        var (length, start) = bytes[6] == 1
            ? (BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]), 10)
            : (BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]), 12);
        if (length is < 0 or > MaximumHeaderBytes || start + length > bytes.Length)
        {
            throw Damaged(name);
        }

        var header = Encoding.UTF8.GetString(bytes.Slice(start, length));
        var type = TypePattern().Match(header);
        var order = OrderPattern().Match(header);
        var shape = ShapePattern().Match(header);
        if (!type.Success || !order.Success || !shape.Success)
        {
            throw Damaged(name);
        }

        if (!Types.TryGetValue(type.Groups[1].Value, out var element))
        {
            throw new CheckDataException(
                $"{name} has elements of type {type.Groups[1].Value}; convert it to one of {string.Join(", ", Types.Keys)} with astype");
        }

        return new NpyArray(
            Sizes(shape.Groups[1].Value, name), Elements(bytes[(start + length)..], element, shape.Groups[1].Value, name))
            .InCOrder(isFortran: order.Groups[1].Value == "True");
    }

    private static double[] Elements(
        ReadOnlySpan<byte> data, (int Bytes, Func<ReadOnlySpan<byte>, double> Read) type, string shape, string name)
    {
        var count = Sizes(shape, name).Aggregate((Int128)1, (product, size) => product * size);
        if (count * type.Bytes != data.Length)
        {
            throw Damaged(name);
        }

        var values = new double[(int)count];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = type.Read(data[(index * type.Bytes)..]);
        }

        return values;
    }

    private static List<int> Sizes(string text, string name) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(
            size => int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw Damaged(name))];

    // Fortran's order has the first index run fastest.
    private NpyArray InCOrder(bool isFortran)
    {
        if (!isFortran || Shape.Count < 2)
        {
            return this;
        }

        var values = new double[Values.Length];
        var index = new int[Shape.Count];
        for (var target = 0; target < values.Length; target++)
        {
            var source = 0;
            for (var axis = Shape.Count - 1; axis >= 0; axis--)
            {
                source = (source * Shape[axis]) + index[axis];
            }

            values[target] = Values[source];
            for (var axis = Shape.Count - 1; axis >= 0 && ++index[axis] == Shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }

        return this with { Values = values };
    }

    private static CheckDataException Damaged(string name) => new($"{name} is a damaged or incomplete .npy file; write it again");

    [GeneratedRegex("""'descr'\s*:\s*'([^']+)'""")]
    private static partial Regex TypePattern();

    [GeneratedRegex("""'fortran_order'\s*:\s*(True|False)""")]
    private static partial Regex OrderPattern();

    [GeneratedRegex("""'shape'\s*:\s*\(([^)]*)\)""")]
    private static partial Regex ShapePattern();
}

using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EdgeBench.Client.Artifacts;

/// <summary>
/// A file with the elements of a tensor: bare, little-endian in C order; or a <c>.npy</c> file, whose header is taken away (NumPy
/// Enhancement Proposal 1).
/// </summary>
internal static partial class ElementFile
{
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The bare elements.</summary>
    /// <exception cref="IOException">The file cannot be read, or is a <c>.npy</c> file that cannot be taken; the message names
    /// it.</exception>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        return bytes.AsSpan().StartsWith(Magic) ? bytes[ElementsAt(path, bytes)..]
            : path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? throw new IOException($"{path} is no .npy file: it does not begin as one")
            : bytes;
    }

    /// <summary>Where the elements begin.</summary>
    private static int ElementsAt(string path, byte[] bytes)
    {
        // Version 1 counts the header in two bytes, later ones in four.
        var wide = bytes.Length > Magic.Length && bytes[Magic.Length] > 1;
        var text = Magic.Length + 2 + (wide ? 4 : 2);
        if (bytes.Length < text)
        {
            throw new IOException($"{path} is a .npy file that ends within its header");
        }

        long length = wide
            ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(Magic.Length + 2))
            : BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(Magic.Length + 2));
        if (text + length > bytes.Length)
        {
            throw new IOException($"{path} is a .npy file that ends within its header");
        }

        var begin = text + (int)length;
        var header = Encoding.Latin1.GetString(bytes, text, (int)length);
        if (TypePattern().Match(header) is not { Success: true } type)
        {
            throw new IOException($"{path} has elements that are no plain numbers of little-endian order; save it with astype('<f4') or alike");
        }

        if (!header.Contains("'fortran_order': False", StringComparison.Ordinal))
        {
            throw new IOException($"{path} is in Fortran order; save numpy.ascontiguousarray of it");
        }

        var sizes = ShapePattern().Match(header).Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var elements = sizes.Aggregate(1.0, (product, size) => product * double.Parse(size, CultureInfo.InvariantCulture));
        return elements * int.Parse(type.Groups[1].Value, CultureInfo.InvariantCulture) == bytes.Length - begin
            ? begin
            : throw new IOException($"{path} is damaged: its elements are not as many as its header says");
    }

    [GeneratedRegex("'descr': '[<|][fiub]([1248])'")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'shape': \(([0-9, ]*)\)")]
    private static partial Regex ShapePattern();
}

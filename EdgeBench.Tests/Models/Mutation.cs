using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace EdgeBench.Tests.Models;

/// <summary>Changes files the way damage, carelessness and malice do.</summary>
internal static class Mutation
{
    private static readonly long[] Numbers =
        [0, 1, 2, -1, 7, 255, 65_535, 1 << 20, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 40, long.MaxValue, long.MinValue];

    private static readonly string[] Texts =
    [
        "0", "-1", "1", "3", "17", "65536", "2147483647", "2147483648", "4294967297", "9223372036854775807", "1e308", "0.5", "null", "[]",
        "{}",
    ];

    /// <summary>A changed copy. An archive is changed inside its members, or as it is.</summary>
    public static byte[] Of(byte[] original, Random random)
    {
        if (original.AsSpan().StartsWith("PK"u8) && random.Next(4) > 0)
        {
            try
            {
                return OfMember(original, random);
            }
            catch (InvalidDataException)
            {
                // Some fixtures are damaged themselves.
            }
        }

        return OfBytes(original, random);
    }

    private static byte[] OfMember(byte[] archive, Random random)
    {
        using var source = new ZipArchive(new MemoryStream(archive), ZipArchiveMode.Read);
        var chosen = source.Entries[random.Next(source.Entries.Count)];
        using var result = new MemoryStream();
        using (var target = new ZipArchive(result, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in source.Entries)
            {
                using var content = new MemoryStream();
                using (var from = entry.Open())
                {
                    from.CopyTo(content);
                }

                var bytes = entry == chosen && content.Length > 0 ? OfBytes(content.ToArray(), random) : content.ToArray();
                using var to = target.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                to.Write(bytes);
            }
        }

        return result.ToArray();
    }

    private static byte[] OfBytes(byte[] original, Random random)
    {
        var mutant = original.ToArray();
        for (var changes = random.Next(4) == 0 ? 1 + random.Next(8) : 1; changes > 0; changes--)
        {
            mutant = Change(mutant, random);
        }

        return mutant;
    }

    private static byte[] Change(byte[] mutant, Random random)
    {
        // The structures of HDF5, zip and FlatBuffers stand near the ends.
        var place = random.Next(3) switch
        {
            0 => random.Next(Math.Min(4096, mutant.Length)),
            1 => mutant.Length - 1 - random.Next(Math.Min(4096, mutant.Length)),
            _ => random.Next(mutant.Length),
        };
        var rest = mutant.AsSpan(place);
        switch (random.Next(9))
        {
            case 0:
                return mutant[..Math.Max(1, place)];
            case 1:
                random.NextBytes(rest[..Math.Min(16, rest.Length)]);
                return mutant;
            case 2:
                rest[..Math.Min(8, rest.Length)].Fill((byte)(random.Next(2) * 255));
                return mutant;
            case 3:
                rest[0] = (byte)random.Next(256);
                return mutant;
            case 4:
                rest[0] ^= (byte)(1 << random.Next(8));
                return mutant;
            case 5:
                WriteNumber(rest, Numbers[random.Next(Numbers.Length)], 1 << random.Next(4));
                return mutant;
            case 6:
                // One part over another, so that it is sound by itself and in the wrong place.
                var length = Math.Min(1 + random.Next(256), rest.Length);
                mutant.AsSpan(random.Next(mutant.Length - length + 1), length).ToArray().CopyTo(rest);
                return mutant;
            case 7:
                return ReplaceNumber(mutant, place, random);
            default:
                return ReplaceText(mutant, place, random);
        }
    }

    private static void WriteNumber(Span<byte> to, long number, int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        bytes[..Math.Min(size, to.Length)].CopyTo(to);
    }

    /// <summary>
    /// Another number in a text: of any length where the whole file is text, else as many digits as there were, as HDF5 knows its lengths.
    /// </summary>
    private static byte[] ReplaceNumber(byte[] mutant, int place, Random random)
    {
        var from = mutant.AsSpan(place).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (from < 0)
        {
            return mutant;
        }

        from += place;
        var to = from;
        while (to < mutant.Length && char.IsAsciiDigit((char)mutant[to]))
        {
            to++;
        }

        var number = IsText(mutant)
            ? Texts[random.Next(Texts.Length)]
            : string.Concat(Enumerable.Range(0, to - from).Select(_ => random.Next(10).ToString(CultureInfo.InvariantCulture)));
        return [.. mutant[..from], .. Encoding.ASCII.GetBytes(number), .. mutant[to..]];
    }

    /// <summary>A quoted text takes the place of another; outside of text only one of the same length does.</summary>
    private static byte[] ReplaceText(byte[] mutant, int place, Random random)
    {
        var (from, to) = Quoted(mutant, place);
        var (otherFrom, otherTo) = Quoted(mutant, random.Next(mutant.Length));
        if (from < 0 || otherFrom < 0 || (!IsText(mutant) && to - from != otherTo - otherFrom))
        {
            return mutant;
        }

        return [.. mutant[..from], .. mutant[otherFrom..otherTo], .. mutant[to..]];
    }

    private static (int From, int To) Quoted(byte[] bytes, int place)
    {
        const int Longest = 64;
        var from = Array.IndexOf(bytes, (byte)'"', place);
        var to = from < 0 ? -1 : Array.IndexOf(bytes, (byte)'"', from + 1);
        return to < 0 || to - from > Longest ? (-1, -1) : (from + 1, to);
    }

    private static bool IsText(byte[] bytes) => bytes.Length > 0 && bytes[0] is (byte)'{' or (byte)'[' or (byte)'"';
}

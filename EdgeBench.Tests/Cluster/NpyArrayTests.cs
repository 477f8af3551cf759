using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using EdgeBench.Cluster.Checking;

namespace EdgeBench.Tests.Cluster;

public sealed class NpyArrayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-npy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A file as numpy.save writes it: version 1 of the format, the header padded to 64 bytes.</summary>
    public static byte[] Npy(string type, int[] shape, ReadOnlySpan<byte> data, bool isFortran = false, byte version = 1)
    {
        var sizes = string.Concat(shape.Select(size => $"{size},"));
        var header = $"{{'descr': '{type}', 'fortran_order': {(isFortran ? "True" : "False")}, 'shape': ({sizes}), }}";
        var start = version == 1 ? 10 : 12;
        header = header.PadRight((((start + header.Length + 1 + 63) / 64) * 64) - start - 1) + "\n";
        var length = new byte[start - 8];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. Encoding.ASCII.GetBytes(header), .. data];
    }

    public static TheoryData<string, byte[], double[]> Numbers => new()
    {
        { "<f4", MemoryMarshal.AsBytes<float>([0.5f, -2]).ToArray(), [0.5, -2] },
        { "<f8", MemoryMarshal.AsBytes<double>([0.5, -2]).ToArray(), [0.5, -2] },
        { "<f2", MemoryMarshal.AsBytes<Half>([(Half)0.5, (Half)(-2)]).ToArray(), [0.5, -2] },
        { "<i8", MemoryMarshal.AsBytes<long>([5, -2]).ToArray(), [5, -2] },
        { "<i4", MemoryMarshal.AsBytes<int>([5, -2]).ToArray(), [5, -2] },
        { "<i2", MemoryMarshal.AsBytes<short>([5, -2]).ToArray(), [5, -2] },
        { "|i1", [5, 254], [5, -2] },
        { "|u1", [5, 254], [5, 254] },
        { "|b1", [0, 1], [0, 1] },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Numbers_of_every_type_are_read(string type, byte[] data, double[] expected)
    {
        foreach (var version in new byte[] { 1, 2 })
        {
            var array = Read(Npy(type, [2], data, version: version));

            Assert.Equal([2], array.Shape);
            Assert.Equal(expected, array.Values);
        }
    }

    [Fact]
    public void An_array_in_the_order_of_Fortran_is_turned()
    {
        // [[1, 2, 3], [4, 5, 6]], column by column.
        var array = Read(Npy("|u1", [2, 3], [1, 4, 2, 5, 3, 6], isFortran: true));

        Assert.Equal([1, 2, 3, 4, 5, 6], array.Values);
    }

    [Fact]
    public void A_number_alone_has_no_dimensions()
    {
        var array = Read(Npy("|u1", [], [7]));

        Assert.Empty(array.Shape);
        Assert.Equal([7], array.Values);
    }

    public static TheoryData<byte[], string> Damaged => new()
    {
        { [], "no .npy file" },
        { "PK\u0003\u0004 something else"u8.ToArray(), "no .npy file" },
        { Npy("<f4", [2], new byte[8])[..40], "damaged" },
        { Npy("<f4", [2], new byte[7]), "damaged" },
        { Npy("<f4", [2], new byte[9]), "damaged" },
        { Npy("<f4", [int.MaxValue, int.MaxValue, int.MaxValue], new byte[8]), "damaged" },
        { [.. Npy("<f4", [2], new byte[8]).Select(value => value == (byte)'d' ? (byte)'x' : value)], "damaged" },
        { Npy("<c8", [1], new byte[8]), "type <c8" },
        { Npy("|O", [1], new byte[8]), "type |O" },
        { Npy(">f4", [2], new byte[8]), "type >f4" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void What_is_no_array_of_numbers_is_told_by_its_name(byte[] file, string named)
    {
        var problem = Assert.Throws<CheckDataException>(() => Read(file));

        Assert.Contains(named, problem.Message, StringComparison.Ordinal);
        Assert.Contains("a.npy", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData()]
    [InlineData("input.npy")]
    [InlineData("expected.npy")]
    public void A_folder_that_lacks_inputs_or_outputs_says_what_it_needs(params string[] files)
    {
        foreach (var file in files)
        {
            File.WriteAllBytes(Path.Combine(_folder, file), Npy("|u1", [1], [1]));
        }

        Assert.Contains("input*.npy", Assert.Throws<CheckDataException>(() => CheckData.Read(_folder)).Message, StringComparison.Ordinal);
        Assert.Throws<CheckDataException>(() => CheckData.Read(Path.Combine(_folder, "absent")));
    }

    [Theory]
    [InlineData(new double[] { 1, 2 }, new double[] { 1, 2 }, 0)]
    [InlineData(new double[] { 1, -4 }, new double[] { 1, -3 }, 0.25)]
    [InlineData(new double[] { 0, 0 }, new double[] { 0, 1e-9 }, 1e-3)]
    [InlineData(new double[] { 1 }, new double[] { 1, 2 }, double.PositiveInfinity)]
    [InlineData(new double[] { 1 }, new double[] { double.NaN }, double.PositiveInfinity)]
    [InlineData(new double[] { double.NaN, 1 }, new double[] { double.NaN, 1 }, 0)]
    public void The_difference_is_relative_to_the_greatest_expected_magnitude(double[] expected, double[] got, double difference) =>
        Assert.Equal(difference, OutputComparison.Difference(expected, got), 12);

    private NpyArray Read(byte[] file)
    {
        var path = Path.Combine(_folder, "a.npy");
        File.WriteAllBytes(path, file);
        return NpyArray.Read(path);
    }
}

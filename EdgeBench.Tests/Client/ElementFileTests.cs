using System.Text;
using EdgeBench.Client.Artifacts;

namespace EdgeBench.Tests.Client;

/// <summary>Files that give an input of a model.</summary>
public sealed class ElementFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgebench-elements-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Bare_elements_are_taken_as_they_are() => Assert.Equal([1, 2, 3], await ReadAsync("a.raw", [1, 2, 3]));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_header_of_a_npy_file_is_taken_away(byte version) =>
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], await ReadAsync("a.npy", Npy("<f4", "False", "(1, 2)", 8, version)));

    [Theory]
    [InlineData(">f4", "False", "(2,)", 8, "little-endian")]
    [InlineData("<c8", "False", "(1,)", 8, "no plain numbers")]
    [InlineData("<f4", "True", "(2,)", 8, "Fortran order")]
    [InlineData("<f4", "False", "(3,)", 8, "not as many")]
    public async Task What_cannot_be_taken_says_why(string type, string fortran, string shape, int bytes, string message)
    {
        var failure = await Assert.ThrowsAsync<IOException>(() => ReadAsync("a.npy", Npy(type, fortran, shape, bytes, 1)));

        Assert.Contains("a.npy", failure.Message, StringComparison.Ordinal);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_of_any_length_is_told()
    {
        var whole = Npy("<f4", "False", "(2,)", 8, 1);
        for (var length = 0; length < whole.Length; length++)
        {
            await Assert.ThrowsAsync<IOException>(() => ReadAsync("a.npy", whole[..length]));
        }
    }

    private async Task<byte[]> ReadAsync(string name, byte[] content)
    {
        var path = Path.Combine(_folder.FullName, name);
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        return await ElementFile.ReadAsync(path, TestContext.Current.CancellationToken);
    }

    private static byte[] Npy(string type, string fortran, string shape, int bytes, byte version)
    {
        var header = Encoding.Latin1.GetBytes($"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': {shape}, }}   \n");
        byte[] length = version == 1 ? [(byte)header.Length, 0] : [(byte)header.Length, 0, 0, 0];
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. header, .. Enumerable.Range(1, bytes).Select(value => (byte)value)];
    }
}

using System.Security.Cryptography;
using EdgeBench.EdgeNode.Data;

namespace EdgeBench.Tests.EdgeNode;

public sealed class ArtifactCacheTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-test-").FullName;
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(3_000_000);
    private readonly ArtifactCache _cache;

    public ArtifactCacheTests() => _cache = new ArtifactCache(_folder);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Sha256 => Convert.ToHexStringLower(SHA256.HashData(_content));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_received_is_found_again()
    {
        var received = await ReceiveAsync(Sha256, _content);

        Assert.Null(received.Problem);
        Assert.Equal(_content, await File.ReadAllBytesAsync(received.Path!, Cancellation));
        Assert.Equal(received.Path, await _cache.FindAsync(Sha256, Cancellation));
        Assert.Single(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public async Task What_broke_off_goes_on_from_there()
    {
        await Assert.ThrowsAsync<EndOfStreamException>(() => ReceiveAsync(Sha256, _content[..1_500_000]));
        Assert.Null(await _cache.FindAsync(Sha256, Cancellation));
        long? asked = null;

        var received = await _cache.ReceiveAsync(
            Sha256,
            _content.Length,
            (offset, _) =>
            {
                asked = offset;
                return Task.FromResult<Stream>(new MemoryStream(_content[(int)offset..]));
            },
            Cancellation);

        Assert.Equal(1_500_000, asked);
        Assert.Equal(_content, await File.ReadAllBytesAsync(received.Path!, Cancellation));
    }

    [Fact]
    public async Task What_is_not_what_was_named_is_thrown_away()
    {
        var received = await ReceiveAsync(Sha256, new byte[_content.Length]);

        Assert.Null(received.Path);
        Assert.Contains("thrown away", received.Problem, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public async Task A_damaged_artifact_counts_as_absent()
    {
        var received = await ReceiveAsync(Sha256, _content);
        await using (var file = File.OpenWrite(received.Path!))
        {
            file.WriteByte((byte)~_content[0]);
        }

        Assert.Null(await _cache.FindAsync(Sha256, Cancellation));
        Assert.Equal(received.Path, (await ReceiveAsync(Sha256, _content)).Path);
    }

    [Fact]
    public async Task An_artifact_that_is_damaged_after_its_use_counts_as_absent()
    {
        var received = await ReceiveAsync(Sha256, _content);
        Assert.NotNull(await _cache.FindAsync(Sha256, Cancellation));
        await using (var file = File.OpenWrite(received.Path!))
        {
            file.WriteByte((byte)~_content[0]);
        }

        Assert.Null(await _cache.FindAsync(Sha256, Cancellation));
    }

    [Fact]
    public async Task An_artifact_that_is_gone_after_its_use_is_absent()
    {
        var received = await ReceiveAsync(Sha256, _content);
        Assert.NotNull(await _cache.FindAsync(Sha256, Cancellation));
        File.Delete(received.Path!);

        Assert.Null(await _cache.FindAsync(Sha256, Cancellation));
    }

    [Fact]
    public async Task What_is_present_is_not_asked_for_again()
    {
        await ReceiveAsync(Sha256, _content);

        var again = await _cache.ReceiveAsync(
            Sha256, _content.Length, (_, _) => throw new InvalidOperationException("asked"), Cancellation);

        Assert.NotNull(again.Path);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("ABCDEF")]
    public async Task What_is_no_hash_is_a_fault_of_the_caller(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => _cache.FindAsync(name, Cancellation));

    private Task<ReceivedArtifact> ReceiveAsync(string sha256, byte[] content) =>
        _cache.ReceiveAsync(sha256, _content.Length, (_, _) => Task.FromResult<Stream>(new MemoryStream(content)), Cancellation);
}

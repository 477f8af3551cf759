using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Joining;
using EdgeBench.Messages.Serialization;

namespace EdgeBench.Tests.Cluster;

/// <summary>One server for all that is asked over HTTP.</summary>
public sealed class HttpServer : IAsyncLifetime
{
    public const long MaximumBytes = 1 << 20;

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await TestServer.StartAsync(options => options with { MaximumArtifactBytes = MaximumBytes });

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

[Collection("cluster")]
public sealed class HttpTests(HttpServer shared) : IClassFixture<HttpServer>
{
    private readonly TestServer _server = shared.Server;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_artifact_comes_back_whole_and_in_parts()
    {
        var bytes = Bytes(300_000, 1);
        var hash = Sha256.Of(bytes);

        using var missing = await SendAsync(HttpMethod.Head, hash);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using var put = await PutAsync(hash, bytes);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        using var again = await PutAsync(hash, bytes);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using var head = await SendAsync(HttpMethod.Head, hash);
        Assert.Equal(bytes.Length, head.Content.Headers.ContentLength);

        Assert.Equal(bytes, await _server.Http.GetByteArrayAsync(Of(hash), Cancellation));
        using var request = new HttpRequestMessage(HttpMethod.Get, Of(hash)) { Headers = { Range = new RangeHeaderValue(100_000, null) } };
        using var part = await _server.Http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(bytes[100_000..], await part.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task An_upload_that_broke_off_is_gone_on_with_where_it_stopped()
    {
        var bytes = Bytes(200_000, 2);
        var hash = Sha256.Of(bytes);

        using var first = await PutAsync(hash, bytes[..120_000], 0, bytes.Length);
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        using var head = await SendAsync(HttpMethod.Head, hash);
        Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        Assert.Equal("120000", Assert.Single(head.Headers.GetValues("Upload-Offset")));
        using var wrong = await PutAsync(hash, bytes[100_000..], 100_000, bytes.Length);
        Assert.Equal(HttpStatusCode.Conflict, wrong.StatusCode);
        Assert.Equal("120000", Assert.Single(wrong.Headers.GetValues("Upload-Offset")));
        using var rest = await PutAsync(hash, bytes[120_000..], 120_000, bytes.Length);
        Assert.Equal(HttpStatusCode.Created, rest.StatusCode);

        Assert.Equal(bytes, await _server.Http.GetByteArrayAsync(Of(hash), Cancellation));
    }

    [Fact]
    public async Task Bytes_with_another_hash_are_refused_and_not_kept()
    {
        var hash = Sha256.Of("what was promised"u8);

        using var put = await PutAsync(hash, "what came"u8.ToArray());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, put.StatusCode);
        using var head = await SendAsync(HttpMethod.Head, hash);
        Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        Assert.False(head.Headers.Contains("Upload-Offset"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_artifact_that_is_too_long_is_refused_and_not_kept(bool saysItsLength)
    {
        var bytes = Bytes((int)HttpServer.MaximumBytes + 1, 3);
        var hash = Sha256.Of(bytes);
        using HttpContent content = saysItsLength ? new ByteArrayContent(bytes) : new StreamContent(new Unmeasured(bytes));

        using var put = await _server.Http.PutAsync(Of(hash), content, Cancellation);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, put.StatusCode);
        using var head = await SendAsync(HttpMethod.Head, hash);
        Assert.False(head.Headers.Contains("Upload-Offset"));
    }

    [Fact]
    public async Task A_name_that_is_no_hash_and_a_range_that_is_none_are_refused()
    {
        using var name = await _server.Http.GetAsync(new Uri("/artifacts/model.h5", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, name.StatusCode);
        Assert.Contains("no SHA-256", await name.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);

        using var content = new ByteArrayContent([1, 2, 3]);
        content.Headers.TryAddWithoutValidation("Content-Range", "bytes 5-3/x");
        using var range = await _server.Http.PutAsync(Of(Sha256.Of([1, 2, 3])), content, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, range.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Basic eDp5")]
    public async Task Who_comes_without_the_token_is_told_where_it_is_found(string? authorization)
    {
        using var http = new HttpClient { BaseAddress = _server.Node.HttpAddress };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        foreach (var path in new[] { "/artifacts/x", "/join", "/nothing" })
        {
            using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), null, Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Contains(_server.Node.TokenFile, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_token_can_be_read_by_its_owner_only()
    {
        Assert.Equal(_server.Node.Token, File.ReadAllText(_server.Node.TokenFile).Trim());
        Assert.SkipWhen(OperatingSystem.IsWindows(), "left out: file modes are of Unix");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_server.Node.TokenFile));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_is_told_to_everybody(string path)
    {
        using var http = new HttpClient { BaseAddress = _server.Node.HttpAddress };

        HttpStatusCode status;
        do
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            status = answer.StatusCode;
        }
        while (status == HttpStatusCode.ServiceUnavailable && path == "/health/ready");

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task A_node_that_joins_is_told_the_servers_address_and_that_it_can_be_reached()
    {
        var answer = await JoinAsync(_server.Node.AkkaAddress);

        Assert.Equal(_server.Node.AkkaAddress, answer.AkkaAddress);
        Assert.Equal(EdgeBench.Cluster.ServerNode.Version, answer.Version);
        Assert.Null(answer.DialBack);
        Assert.Null((await JoinAsync(null)).DialBack);
    }

    [Theory]
    [InlineData("akka.tcp://edgebench@127.0.0.1:1", "cannot reach this node at 127.0.0.1:1")]
    [InlineData("akka.tcp://edgebench@no-such-host.invalid:4053", "cannot reach this node at no-such-host.invalid:4053")]
    [InlineData("nonsense", "no Akka address")]
    public async Task A_node_that_cannot_be_reached_is_told_so_by_name(string address, string expected)
    {
        var answer = await JoinAsync(address);

        Assert.Contains(expected, answer.DialBack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_join_that_is_no_json_is_refused()
    {
        using var content = new StringContent("junk", Encoding.UTF8, "application/json");
        using var answer = await _server.Http.PostAsync(new Uri("/join", UriKind.Relative), content, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static Uri Of(Sha256 hash) => new($"/artifacts/{hash}", UriKind.Relative);

    private async Task<JoinAnswer> JoinAsync(string? address)
    {
        using var response = await _server.Http.PostAsJsonAsync(
            new Uri("/join", UriKind.Relative), new JoinRequest(address, null, null, "1"), MessagesJson.Options, Cancellation);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JoinAnswer>(MessagesJson.Options, Cancellation))!;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Sha256 hash)
    {
        using var request = new HttpRequestMessage(method, Of(hash));
        return await _server.Http.SendAsync(request, Cancellation);
    }

    private async Task<HttpResponseMessage> PutAsync(Sha256 hash, byte[] bytes, long? from = null, long? length = null)
    {
        using var content = new ByteArrayContent(bytes);
        if (from is { } offset)
        {
            content.Headers.ContentRange = new ContentRangeHeaderValue(offset, offset + bytes.Length - 1, length!.Value);
        }

        return await _server.Http.PutAsync(Of(hash), content, Cancellation);
    }

    /// <summary>A stream that does not say how long it is.</summary>
    private sealed class Unmeasured(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}

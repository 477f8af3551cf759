using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using EdgeBench.EdgeNode.Joining;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Joining;
using EdgeBench.Messages.Nodes;
using EdgeBench.Messages.Serialization;
using Microsoft.AspNetCore.Http;

namespace EdgeBench.Tests.Agent;

public sealed class JoinClientTests : IDisposable
{
    private static readonly JoinRequest Request = new(
        "akka.tcp://edgebench@127.0.0.1:4054", new DeviceId(Guid.Empty), new DeviceName("board"), NodeVersion.Current);

    private static readonly JoinAnswer Welcome = new("akka.tcp://edgebench@127.0.0.1:4053", NodeVersion.Current, null);

    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task It_says_who_it_is_with_the_token_and_hears_where_the_cluster_is()
    {
        (string? Token, JoinRequest? Request) asked = default;
        await using var server = await HttpServer.StartAsync(async context =>
        {
            asked = (context.Request.Headers.Authorization, await context.Request.ReadFromJsonAsync<JoinRequest>(MessagesJson.Options));
            await context.Response.WriteAsJsonAsync(Welcome, MessagesJson.Options);
        });

        var reply = await AskAsync(server.Address);

        Assert.Equal(Welcome, reply.Answer);
        Assert.Equal(("Bearer secret", Request), asked);
        var local = await ClientOf(server.Address).FindLocalAddressAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new LocalAddress("127.0.0.1", null), local);
    }

    [Fact]
    public async Task A_wrong_token_another_version_and_an_address_that_cannot_be_dialled_back_are_told_by_name()
    {
        var answers = new Queue<(int Status, string Body)>(
        [
            (401, ""),
            (200, JsonSerializer.Serialize(Welcome with { Version = "9.9.9" }, MessagesJson.Options)),
            (200, JsonSerializer.Serialize(
                Welcome with { DialBack = "the server cannot reach this node: open its port" }, MessagesJson.Options)),
            (404, "no such page"),
            (200, "<html>"),
            (500, "disk full"),
        ]);
        await using var server = await HttpServer.StartAsync(async context =>
        {
            var (status, body) = answers.Dequeue();
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(body);
        });

        Assert.Contains("refuses the token; set EDGEBENCH_TOKEN", await ProblemAsync(server.Address), StringComparison.Ordinal);
        Assert.Contains("is version 9.9.9, this edge node is version", await ProblemAsync(server.Address), StringComparison.Ordinal);
        Assert.Equal("the server cannot reach this node: open its port", await ProblemAsync(server.Address));
        Assert.Contains(
            "is no EdgeBench server of this version: it said 404 Not Found no such page",
            await ProblemAsync(server.Address),
            StringComparison.Ordinal);
        Assert.Contains("is no EdgeBench server", await ProblemAsync(server.Address), StringComparison.Ordinal);
        Assert.Contains("500 Internal Server Error disk full", await ProblemAsync(server.Address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_and_a_host_that_nobody_knows_are_told_by_name()
    {
        using var unused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        unused.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var nobody = ServerAddress.Parse(unused.LocalEndPoint!.ToString()!);
        var unknown = ServerAddress.Parse("no-such-host.invalid");

        var refused = await ClientOf(nobody).FindLocalAddressAsync(TestContext.Current.CancellationToken);
        var notFound = await ClientOf(unknown).FindLocalAddressAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            $"nothing listens at {nobody}: is 'edgebench server' running there, and does it listen beyond loopback?", refused.Problem);
        Assert.Equal("no host is known by the name 'no-such-host.invalid': check --join, or this host's DNS", notFound.Problem);
        Assert.Equal(refused.Problem, await ProblemAsync(nobody));
    }

    [Theory]
    [InlineData("board", "board:8765")]
    [InlineData("192.168.1.10:80", "192.168.1.10")]
    [InlineData("bench.local:9000", "bench.local:9000")]
    [InlineData("[::1]:9000", "[::1]:9000")]
    [InlineData("[::1]", "[::1]:8765")]
    public void A_server_address_is_a_host_with_or_without_a_port(string text, string shown) =>
        Assert.Equal(shown, ServerAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("http://host")]
    [InlineData("two words")]
    [InlineData("::1")]
    public void What_is_no_server_address_is_refused_with_an_example(string text) =>
        Assert.Contains(
            "HOST or HOST:PORT", Assert.Throws<FormatException>(() => ServerAddress.Parse(text)).Message, StringComparison.Ordinal);

    private JoinClient ClientOf(ServerAddress address) => new(address, "secret", _http);

    private Task<JoinReply> AskAsync(ServerAddress address) => ClientOf(address).AskAsync(Request, TestContext.Current.CancellationToken);

    private async Task<string> ProblemAsync(ServerAddress address) => (await AskAsync(address)).Problem!;
}

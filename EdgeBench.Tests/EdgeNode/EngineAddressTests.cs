using System.Net;
using System.Net.Sockets;
using EdgeBench.EdgeNode.Containers;
using EdgeBench.Tests.Containers;

namespace EdgeBench.Tests.EdgeNode;

public sealed class EngineAddressTests(PrivateEngine engine)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tcp://10.0.0.1:2375", "/x.sock", "/var/run/docker.sock", "tcp://10.0.0.1:2375/")]
    [InlineData(null, "/x.sock", "/var/run/docker.sock", "unix:///x.sock")]
    [InlineData(null, null, "/var/run/docker.sock", "unix:///var/run/docker.sock")]
    [InlineData(null, null, "/run/user/7/docker.sock", "unix:///run/user/7/docker.sock")]
    [InlineData(null, null, "/run/podman/podman.sock", "unix:///run/podman/podman.sock")]
    [InlineData(null, null, "/run/user/7/podman/podman.sock", "unix:///run/user/7/podman/podman.sock")]
    [InlineData("", "", "none", "unix:///var/run/docker.sock")]
    public void The_address_follows_the_conventions_of_the_engines_own_tools(string? host, string? socket, string existing, string expected)
    {
        var environment = new Dictionary<string, string?>
        {
            ["DOCKER_HOST"] = host,
            ["DOCKER_SOCK"] = socket,
            ["XDG_RUNTIME_DIR"] = "/run/user/7",
        };

        Assert.Equal(new Uri(expected), EngineAddress.Find(environment.GetValueOrDefault, path => path == existing));
    }

    [Fact]
    public async Task An_engine_that_runs_says_what_it_is()
    {
        using var running = new ContainerEngine(await engine.EndpointAsync());

        var state = await running.ProbeAsync(Cancellation);

        Assert.Null(state.Problem);
        Assert.Equal("docker", state.Facts?.Name);
        Assert.Matches(@"^\d+\.\d+", state.Facts!.Version);
        Assert.Matches(@"^1\.\d+$", state.Facts.ApiVersion);
    }

    [Fact]
    public async Task A_socket_that_is_not_there_is_an_engine_that_does_not_run_or_is_not_installed()
    {
        using var absent = new ContainerEngine(new Uri("unix:///tmp/edgebench-none.sock"));

        var problem = (await absent.ProbeAsync(Cancellation)).Problem;

        Assert.True(problem?.Kind is EngineProblemKind.NotRunning or EngineProblemKind.NotInstalled);
        Assert.Contains("install Docker|start it".Split('|'), text => problem!.Message.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_at_any_more_is_told()
    {
        // Bound, but not listening: as the socket of an engine that was killed.
        var path = $"/tmp/edgebench-{Guid.NewGuid():n}.sock";
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        using var dead = new ContainerEngine(new Uri("unix://" + path));

        var problem = (await dead.ProbeAsync(Cancellation)).Problem;

        Assert.True(File.Exists(path));
        Assert.True(problem?.Kind is EngineProblemKind.NotRunning or EngineProblemKind.NotInstalled);
    }

    [Fact]
    public async Task Something_else_that_listens_there_is_no_engine()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var other = ((Func<Task>)(async () =>
        {
            using var connection = await listener.AcceptTcpClientAsync(Cancellation);
            await connection.GetStream().WriteAsync(
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"u8.ToArray(), Cancellation);
        }))();
        using var wrong = new ContainerEngine(new Uri($"tcp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));

        var problem = (await wrong.ProbeAsync(Cancellation)).Problem;

        Assert.Equal(EngineProblemKind.NotAnswering, problem?.Kind);
        await other;
    }

    [Fact]
    public async Task An_address_of_another_kind_says_which_kinds_there_are()
    {
        using var remote = new ContainerEngine(new Uri("ssh://user@host"));

        var problem = (await remote.ProbeAsync(Cancellation)).Problem;

        Assert.Equal(EngineProblemKind.AddressNotUsable, problem?.Kind);
        Assert.Contains("unix:///PATH", problem!.Message, StringComparison.Ordinal);
    }
}

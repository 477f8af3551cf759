using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using EdgeBench.Cluster;
using EdgeBench.EdgeNode;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Joining;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Joining;
using EdgeBench.Messages.Nodes;
using EdgeBench.Messages.Serialization;
using Microsoft.AspNetCore.Http;
using Node = EdgeBench.EdgeNode.EdgeNode;

namespace EdgeBench.Tests.Agent;

/// <summary>A whole edge node against a server of which only the coordinator and the pages behind HTTP are played.</summary>
public sealed class EdgeNodeTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-node-").FullName;
    private readonly RecordingLog _log = new();
    private readonly int _port = FreePort();
    private Node? _node;

    public async ValueTask DisposeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', _log.Lines));
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_waits_for_its_server_joins_it_joins_its_successor_and_says_goodbye()
    {
        _node = await StartAsync();
        await SaidAsync("nothing listens at");

        Guid firstSession;
        await using (var first = await PlayedServer.StartAsync(_port))
        {
            var register = await first.HearAsync<FromDevice.Register>();
            firstSession = register.Session;
            Assert.Equal((_node.Device, "played", "secret"), (register.Device, register.Name.Value, register.Token));
            Assert.Equal("process", register.Description.Isolation);
            await first.HearAsync<FromDevice.Heartbeat>(heartbeat => heartbeat.Number > 2);
            Assert.Contains("device-" + register.Description.Kind, first.RolesOfEdges);
            Assert.Contains("arch-" + register.Description.Architecture, first.RolesOfEdges);
        }

        await using var second = await PlayedServer.StartAsync(_port);
        var again = await second.HearAsync<FromDevice.Register>();
        Assert.NotEqual(firstSession, again.Session);
        await second.HearAsync<FromDevice.Heartbeat>();

        await _node.StopAsync();
        Assert.Equal(again.Session, (await second.HearAsync<FromDevice.Leaving>()).Session);
        Assert.True(_node.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task It_keeps_its_identity_and_its_port_when_it_is_started_again()
    {
        await using var server = await PlayedServer.StartAsync(_port);
        _node = await StartAsync();
        var device = _node.Device;
        var address = await server.HearJoinAsync();
        await _node.StopAsync();

        _node = await StartAsync();

        Assert.Equal(device, _node.Device);
        Assert.Equal(address, await server.HearJoinAsync());
    }

    [Fact]
    public async Task A_real_server_lets_it_in_and_registers_it_and_another_token_is_told()
    {
        await using var server = await ServerNode.StartAsync(
            new ServerOptions { DataFolder = Path.Combine(_folder, "server"), HttpPort = _port, AkkaPort = 0, Loggers = _log },
            TestContext.Current.CancellationToken);
        _node = await StartAsync("no such token");
        await SaidAsync("refuses the token; set EDGEBENCH_TOKEN");
        await _node.StopAsync();

        _node = await StartAsync(server.Token);
        await SaidAsync("registered as played with server");

        await _node.StopAsync();
        Assert.DoesNotContain(_log.Lines, line => line.Contains("did not", StringComparison.Ordinal));
    }

    private async Task<Node> StartAsync(string token = "secret") => await Node.StartAsync(
        new EdgeOptions
        {
            Join = ServerAddress.Parse($"127.0.0.1:{_port}"),
            Token = token,
            Data = Path.Combine(_folder, "data"),
            Name = new DeviceName("played"),
            Isolation = Isolation.Process,
            HostLockFile = Path.Combine(_folder, "lock"),
        },
        _log,
        TimeProvider.System,
        TestContext.Current.CancellationToken);

    private Task SaidAsync(string part) =>
        Wait.UntilAsync(() => _log.Lines.Any(line => line.Contains(part, StringComparison.Ordinal)), $"'{part}' in the log");

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private sealed class PlayedServer : IAsyncDisposable
    {
        private readonly ConcurrentQueue<object> _heard = [];
        private readonly ConcurrentQueue<string?> _joins = [];
        private readonly ActorSystem _system;
        private HttpServer? _http;

        private PlayedServer()
        {
            // As a process that is killed: nobody is told.
            var abrupt = ConfigurationFactory.ParseString("akka.coordinated-shutdown.run-by-actor-system-terminate = off");
            _system = NodeSystem.Create(new NodeOptions { Kind = NodeKind.Server, Settings = abrupt }, new RecordingLog());
            var cluster = Akka.Cluster.Cluster.Get(_system);
            cluster.Join(cluster.SelfAddress);
            _system.ActorOf(
                ClusterSingletonManager.Props(
                    Props.Create(() => new PlayedCoordinator(_heard)),
                    PoisonPill.Instance,
                    ClusterSingletonManagerSettings.Create(_system).WithRole(NodeNames.ServerRole)),
                NodeNames.TaskCoordinator);
        }

        public IReadOnlyList<string> RolesOfEdges =>
        [
            .. from member in Akka.Cluster.Cluster.Get(_system).State.Members
               where member.HasRole(NodeNames.EdgeRole)
               from role in member.Roles
               select role,
        ];

        public static async Task<PlayedServer> StartAsync(int port)
        {
            var server = new PlayedServer();
            server._http = await HttpServer.StartAsync(server.AnswerAsync, port);
            return server;
        }

        public async Task<T> HearAsync<T>(Func<T, bool>? such = null)
        {
            T? heard = default;
            await Wait.UntilAsync(
                () =>
                {
                    while (_heard.TryDequeue(out var next))
                    {
                        if (next is T message && (such is null || such(message)))
                        {
                            heard = message;
                            return true;
                        }
                    }

                    return false;
                },
                typeof(T).Name);
            return heard!;
        }

        public async Task<string> HearJoinAsync()
        {
            string? address = null;
            await Wait.UntilAsync(() => _joins.TryDequeue(out address), "a question to join");
            return address!;
        }

        public async ValueTask DisposeAsync()
        {
            await _http!.DisposeAsync();
            await _system.Terminate();
        }

        private async Task AnswerAsync(HttpContext context)
        {
            var request = await context.Request.ReadFromJsonAsync<JoinRequest>(MessagesJson.Options);
            _joins.Enqueue(request!.AkkaAddress);
            await context.Response.WriteAsJsonAsync(
                new JoinAnswer(NodeSystem.AddressOf(_system).ToString(), NodeVersion.Current, null), MessagesJson.Options);
        }
    }

    private sealed class PlayedCoordinator(ConcurrentQueue<object> heard) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            heard.Enqueue(message);
            var incarnation = Akka.Cluster.Cluster.Get(Context.System).SelfUniqueAddress.Uid;
            switch (message)
            {
                case FromDevice.Register register:
                    Sender.Tell(new ToDevice.Registered(register.Session, Sample.Server, incarnation, [], HeartbeatMilliseconds: 100));
                    break;
                case FromDevice.Heartbeat heartbeat:
                    Sender.Tell(new ToDevice.HeartbeatAck(heartbeat.Session, heartbeat.Number, incarnation));
                    break;
            }
        }
    }
}

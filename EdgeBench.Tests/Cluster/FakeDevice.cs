using System.Threading.Channels;
using Akka.Actor;
using Akka.Configuration;
using EdgeBench.Cluster;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Nodes;
using EdgeBench.Messages.Tasks;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeBench.Tests.Cluster;

/// <summary>An edge node in the cluster whose part a test plays message by message.</summary>
internal sealed class FakeDevice : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ServerNode _server;
    private readonly ActorSystem _system;
    private readonly IActorRef _coordinator;
    private readonly IActorRef _agent;
    private readonly Channel<object> _received = Channel.CreateUnbounded<object>();
    private readonly List<object> _passedOver = [];
    private long _beats;

    private FakeDevice(ServerNode server, string name, string architecture)
    {
        _server = server;
        Name = new DeviceName(name);
        Description = Messages.Samples.Description with { Problem = null, Architecture = architecture, Isolation = "process" };
        _system = NodeSystem.Create(
            new NodeOptions { Kind = NodeKind.Edge, Settings = ConfigurationFactory.ParseString("akka.cluster.gossip-interval = 200ms") },
            NullLoggerFactory.Instance);
        _coordinator = NodeSystem.ProxyOfCoordinator(_system);
        _agent = _system.ActorOf(Props.Create(() => new Listener(_received.Writer)));
    }

    public DeviceId Id { get; init; } = new(Guid.NewGuid());

    public DeviceName Name { get; }

    public DeviceDescription Description { get; set; }

    public Guid Session { get; private set; } = Guid.NewGuid();

    public Address Address => NodeSystem.AddressOf(_system);

    /// <summary>Starts a node and joins it to the server.</summary>
    public static async Task<FakeDevice> JoinAsync(TestServer server, string name, string architecture = "x64", DeviceId? id = null)
    {
        var device = new FakeDevice(server.Node, name, architecture) { Id = id ?? new DeviceId(Guid.NewGuid()) };
        await Akka.Cluster.Cluster.Get(device._system).JoinAsync(
            Address.Parse(server.Node.AkkaAddress),
            TestContext.Current.CancellationToken);
        return device;
    }

    /// <summary>Starts a node, joins it and makes it idle.</summary>
    public static async Task<FakeDevice> OnlineAsync(TestServer server, string name, string architecture = "x64", DeviceId? id = null)
    {
        var device = await JoinAsync(server, name, architecture, id);
        await device.RegisterAsync();
        await device.BeatAsync();
        return device;
    }

    public void Tell(object message) => _coordinator.Tell(message, _agent);

    /// <summary>Registers, as an agent does: again and again until it is answered.</summary>
    public async Task<ToDevice.Registered> RegisterAsync(params AttemptId[] holding)
    {
        Session = Guid.NewGuid();
        return await RepeatAsync<ToDevice.Registered>(
            () => Tell(new FromDevice.Register(Id, Session, Name, Description, holding, _server.Token)),
            answer => answer.Session == Session);
    }

    /// <summary>What it says of its images.</summary>
    public IReadOnlyList<DeviceImage>? Images { get; set; }

    public async Task<ToDevice.HeartbeatAck> BeatAsync(AttemptId? busy = null) => await RepeatAsync<ToDevice.HeartbeatAck>(
        () => Tell(new FromDevice.Heartbeat(Id, Session, ++_beats, busy, Description.Problem, Description.Host, Images)),
        ack => ack.Session == Session && ack.Number == _beats);

    /// <summary>Sends a result until the answer to it comes.</summary>
    public async Task<ToDevice.AttemptAnswer> DeliverAsync(AttemptId attempt, CellResult result) =>
        await RepeatAsync<ToDevice.AttemptAnswer>(
            () => Tell(new FromDevice.AttemptMeasured(Id, attempt, result)),
            answer => answer.Attempt == attempt);

    public async Task<ToDevice.AttemptAnswer> FailAsync(AttemptId attempt, CellFailure failure) =>
        await RepeatAsync<ToDevice.AttemptAnswer>(
            () => Tell(new FromDevice.AttemptFailed(Id, attempt, failure)),
            answer => answer.Attempt == attempt);

    /// <summary>The next message of a kind; others stay to be asked for.</summary>
    public async Task<T> ExpectAsync<T>(Func<T, bool>? condition = null, TimeSpan? patience = null)
        where T : IToDevice
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(patience ?? Patience);
        bool Wanted(object message) => message is T wanted && (condition is null || condition(wanted));
        if (_passedOver.Find(Wanted) is T earlier)
        {
            _passedOver.Remove(earlier);
            return earlier;
        }

        try
        {
            while (true)
            {
                var message = await _received.Reader.ReadAsync(limit.Token);
                if (Wanted(message))
                {
                    return (T)message;
                }

                _passedOver.Add(message);
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no such {typeof(T).Name} came; but: {string.Join(", ", _passedOver)}");
        }
    }

    /// <summary>Takes the next cell, begins it and delivers a result for it.</summary>
    public async Task<AttemptId> MeasureAsync(TestServer server)
    {
        var cell = await ExpectAsync<ToDevice.RunCell>();
        Tell(new FromDevice.AttemptStarted(Id, cell.Attempt));
        var result = Messages.Samples.Result with { Raw = await server.UploadAsync($"samples of {cell.Attempt}") };
        Assert.Equal(ResultAnswer.Stored, (await DeliverAsync(cell.Attempt, result)).Answer);
        return cell.Attempt;
    }

    /// <summary>Ends the node as a loss of power does.</summary>
    public void Kill() => ((ExtendedActorSystem)_system).Abort();

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _system.WhenTerminated;
    }

    private async Task<T> RepeatAsync<T>(Action send, Func<T, bool> condition)
        where T : IToDevice
    {
        for (var round = 0; ; round++)
        {
            send();
            try
            {
                return await ExpectAsync(condition, TimeSpan.FromSeconds(1));
            }
            catch (TimeoutException) when (round < Patience.TotalSeconds)
            {
                // As an agent does: say it again.
            }
        }
    }

    private sealed class Listener(ChannelWriter<object> received) : UntypedActor
    {
        protected override void OnReceive(object message) => received.TryWrite(message);
    }
}

using System.Collections.Concurrent;
using EdgeBench.EdgeNode.Joining;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Joining;
using EdgeBench.Messages.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace EdgeBench.Tests.Agent;

public sealed class JoinLoopTests : IAsyncDisposable, IJoinClient, IClusterSessions
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLog _log = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<FakeSession> _sessions = [];
    private readonly Task _running;
    private volatile LocalAddress _local = new("10.0.0.2", null);
    private volatile string? _refusal;
    private volatile string? _cannotStart;
    private int _asked;

    public JoinLoopTests()
    {
        var loop = new JoinLoop(
            ServerAddress.Parse("server"), new DeviceId(Guid.Empty), new DeviceName("board"), this, this, _time, _log);
        Ready = new TaskCompletionSource();
        _running = Task.Run(async () =>
        {
            await Ready.Task;
            await loop.RunAsync(_stop.Token);
        });
    }

    private TaskCompletionSource Ready { get; }

    public async ValueTask DisposeAsync()
    {
        Ready.TrySetResult();
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    [Fact]
    public async Task Whatever_is_wrong_is_said_at_once_and_every_half_minute_and_then_it_joins()
    {
        _local = new LocalAddress(null, "nothing listens at server:8765");
        Ready.SetResult();
        await LaterAsync(TimeSpan.FromSeconds(65), () => Said("not joined to server:8765 yet: nothing listens at server:8765") == 3);

        (_local, _refusal) = (new LocalAddress("10.0.0.2", null), "the token is wrong");
        await LaterAsync(TimeSpan.FromSeconds(2), () => Said("not joined to server:8765 yet: the token is wrong") == 1);

        (_refusal, _cannotStart) = (null, null);
        await LaterAsync(TimeSpan.FromSeconds(2), () => _sessions.LastOrDefault()?.Joined == "akka.tcp://edgebench@server:4053");

        Assert.Single(_sessions);
        Assert.False(_running.IsCompleted);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_and_tried_again()
    {
        _cannotStart = "port 4054 is taken";
        Ready.SetResult();
        await LaterAsync(TimeSpan.FromSeconds(2), () => Said("not joined to server:8765 yet: port 4054 is taken") == 1);

        _cannotStart = null;

        await LaterAsync(TimeSpan.FromSeconds(2), () => _sessions.LastOrDefault()?.Joined is not null);
    }

    [Fact]
    public async Task A_lost_server_means_a_new_ActorSystem_that_asks_again()
    {
        Ready.SetResult();
        await Wait.UntilAsync(() => _sessions.LastOrDefault()?.Joined is not null, "the first session");
        var first = _sessions.Single();

        first.Lost.SetResult("the server was restarted");

        await Wait.UntilAsync(() => _sessions.Count == 2 && _sessions.Last().Joined is not null, "the second session");
        Assert.True(first.Disposed);
        Assert.False(first.LeftCluster);
        Assert.Equal(2, _asked);
        Assert.Equal(1, Said("the server was restarted: joining again; what is being measured goes on"));
    }

    [Fact]
    public async Task An_address_that_changed_before_it_joined_means_a_new_ActorSystem()
    {
        _refusal = "it cannot be dialled back";
        Ready.SetResult();
        await Wait.UntilAsync(() => !_sessions.IsEmpty, "the first session");

        _local = new LocalAddress("10.0.0.3", null);

        await LaterAsync(TimeSpan.FromSeconds(2), () => _sessions.Count == 2);
        Assert.Equal(["10.0.0.2", "10.0.0.3"], _sessions.Select(session => session.ListenAddress));
        Assert.True(_sessions.First().Disposed);
    }

    [Fact]
    public async Task Stopping_leaves_the_cluster_before_the_ActorSystem_ends()
    {
        Ready.SetResult();
        await Wait.UntilAsync(() => _sessions.LastOrDefault()?.Joined is not null, "the session");

        await _stop.CancelAsync();
        await _running;

        Assert.True(_sessions.Single() is { LeftCluster: true, Disposed: true });
    }

    Task<LocalAddress> IJoinClient.FindLocalAddressAsync(CancellationToken cancellation) => Task.FromResult(_local);

    Task<JoinReply> IJoinClient.AskAsync(JoinRequest request, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _asked);
        Assert.Equal(_sessions.Last().AkkaAddress, request.AkkaAddress);
        return Task.FromResult(_refusal is { } problem
            ? JoinReply.Refused(problem)
            : JoinReply.Accepted(new JoinAnswer("akka.tcp://edgebench@server:4053", NodeVersion.Current, null)));
    }

    (IClusterSession? Session, string? Problem) IClusterSessions.Start(string listenAddress)
    {
        if (_cannotStart is { } problem)
        {
            return (null, problem);
        }

        var session = new FakeSession(listenAddress);
        _sessions.Enqueue(session);
        return (session, null);
    }

    private int Said(string line) => _log.Lines.Count(said => said == $"Warning: {line}");

    /// <summary>Lets time pass until something is so, but at most a span of it.</summary>
    private async Task LaterAsync(TimeSpan span, Func<bool> condition)
    {
        var end = _time.GetUtcNow() + span;
        var asked = 0;
        await Wait.UntilAsync(
            () =>
            {
                if (!condition() && asked++ % 5 == 4 && _time.GetUtcNow() < end)
                {
                    _time.Advance(TimeSpan.FromSeconds(1));
                }

                return condition();
            },
            "what was to come of it");
    }

    private sealed class FakeSession(string listenAddress) : IClusterSession
    {
        public string ListenAddress => listenAddress;

        public string AkkaAddress => $"akka.tcp://edgebench@{listenAddress}:4054";

        public TaskCompletionSource<string> Lost { get; } = new();

        public volatile string? Joined;

        public volatile bool LeftCluster;

        public volatile bool Disposed;

        public Task<string> JoinAsync(string serverAddress)
        {
            Joined = serverAddress;
            return Lost.Task;
        }

        public Task LeaveAsync()
        {
            Assert.False(Disposed);
            LeftCluster = true;
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            Disposed = true;
            return ValueTask.CompletedTask;
        }
    }
}

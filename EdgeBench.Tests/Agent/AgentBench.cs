using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using EdgeBench.EdgeNode.Agent;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Agent;

/// <summary>A device agent between a coordinator, which the test plays, and a process that it may outlive.</summary>
public abstract class AgentBench : TestKit
{
    private protected const long Incarnation = 7;

    private readonly List<string> _lost = [];

    private protected AgentBench()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF }") => Coordinator = CreateTestProbe("coordinator");

    private protected TestProbe Coordinator { get; }

    private protected FakeMeasurements Measurements { get; } = new();

    private protected FakeTransfer Transfer { get; } = new();

    private protected FakeImages Images { get; } = new();

    private protected FakeOutcomes Outcomes { get; } = new();

    private protected FakeDevice Device { get; } = new();

    private protected HeldAttempts Held { get; } = new();

    private protected RecordingLog Printed { get; } = new();

    private protected IReadOnlyList<string> Lost
    {
        get
        {
            lock (_lost)
            {
                return [.. _lost];
            }
        }
    }

    private protected AgentSettings Settings { get; init; } = new()
    {
        Device = new DeviceId(Guid.Parse("99999999-9999-9999-9999-999999999999")),
        Name = new DeviceName("board"),
        Token = "secret",
        RegisterEvery = TimeSpan.FromMilliseconds(100),
        UnansweredRegistrations = 1000,
        UnansweredHeartbeats = 1000,
        DescribeEvery = TimeSpan.FromMilliseconds(50),
        ProgressEvery = TimeSpan.FromMilliseconds(50),
        ResendEvery = TimeSpan.FromMilliseconds(100),
    };

    private protected IActorRef StartAgent() => Sys.ActorOf(DeviceAgent.Props(
        Settings,
        new AgentParts(Device, Transfer, Images, Measurements, Held, Outcomes, TimeProvider.System, Printed),
        Coordinator,
        reason =>
        {
            lock (_lost)
            {
                _lost.Add(reason);
            }
        }));

    /// <summary>An agent whose registration was answered.</summary>
    private protected async Task<(IActorRef Agent, Guid Session)> StartRegisteredAsync(params AttemptId[] valid)
    {
        var agent = StartAgent();
        return (agent, await RegisterAsync(agent, valid));
    }

    private protected async Task<Guid> RegisterAsync(IActorRef agent, params AttemptId[] valid)
    {
        var register = await HearAsync<FromDevice.Register>();
        agent.Tell(Answer(register, valid), Coordinator);
        await Wait.UntilAsync(
            () => Printed.Lines.Any(line => line.Contains("registered as board", StringComparison.Ordinal)), "the registration");
        return register.Session;
    }

    private protected static ToDevice.Registered Answer(FromDevice.Register register, params AttemptId[] valid) =>
        new(register.Session, Sample.Server, Incarnation, valid, HeartbeatMilliseconds: 50);

    /// <summary>Ends an agent as the end of its ActorSystem would.</summary>
    private protected static async Task StopAsync(IActorRef agent) => await agent.GracefulStop(TimeSpan.FromSeconds(10));

    /// <summary>The next message of a kind; what comes before it is passed over.</summary>
    private protected async Task<T> HearAsync<T>(Predicate<T>? such = null) =>
        (T)await Coordinator.FishForMessageAsync(
            message => message is T heard && (such is null || such(heard)),
            TimeSpan.FromSeconds(10),
            cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Takes a cell as far as it is being measured.</summary>
    private protected async Task MeasureAsync(IActorRef agent, AttemptId attempt)
    {
        agent.Tell(Sample.RunCell(attempt), Coordinator);
        await HearAsync<FromDevice.AttemptStarted>(started => started.Attempt == attempt);
        await Wait.UntilAsync(() => Measurements.IsFollowed(attempt), "the measurement");
    }
}

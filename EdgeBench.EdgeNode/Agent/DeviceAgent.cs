using Akka.Actor;
using Akka.Remote;
using EdgeBench.EdgeNode.Joining;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;
using Microsoft.Extensions.Logging;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>
/// Speaks for the device with the coordinator: registers, sends heartbeats, takes one cell at a time. It holds nothing that must not be
/// lost: the
/// measurements, the attempts and the spool belong to the process, and the next agent finds them there.
/// </summary>
internal sealed class DeviceAgent : UntypedActor, IWithTimers, IDisposable
{
    private const string RegisterTimer = "register";
    private const string HeartbeatTimer = "heartbeat";

    private readonly AgentSettings _settings;
    private readonly AgentParts _parts;
    private readonly IActorRef _coordinator;
    private readonly Action<string> _lost;
    private readonly IActorRef _courier;
    private readonly RepeatedNotice _refusals;
    private readonly Dictionary<AttemptId, Run> _runs = [];
    private readonly RecentAttempts _over = new();
    private readonly CancellationTokenSource _ended = new();
    private DeviceDescription? _description;
    private Guid _session;
    private int _unansweredRegistrations;
    private ToDevice.Registered? _registration;
    private long? _incarnation;
    private long _heartbeat;
    private long _answeredHeartbeat;
    private IActorRef? _leaving;

    /// <summary>To be made with <see cref="Props"/>.</summary>
    public DeviceAgent(AgentSettings settings, AgentParts parts, IActorRef coordinator, Action<string> lost)
    {
        _settings = settings;
        _parts = parts;
        _coordinator = coordinator;
        _lost = lost;
        _refusals = new RepeatedNotice(parts.Log, parts.Time);
        _courier = Context.ActorOf(ResultCourier.Props(coordinator, parts, settings), "results");
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsRegistered => _registration is not null;

    /// <param name="settings">Who it is.</param>
    /// <param name="parts">What outlives it.</param>
    /// <param name="coordinator">The coordinator, or its proxy.</param>
    /// <param name="lost">Told why this ActorSystem must be rebuilt.</param>
    public static Props Props(AgentSettings settings, AgentParts parts, IActorRef coordinator, Action<string> lost) =>
        Akka.Actor.Props.Create(() => new DeviceAgent(settings, parts, coordinator, lost));

    /// <inheritdoc />
    public void Dispose() => _ended.Dispose();

    // A child that breaks is not begun again: its attempt fails, and whether there is another one is for the server to say.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(broken =>
    {
        _parts.Log.LogError(broken, "{Child} broke: {Message}", Sender.Path.Name, broken.Message);
        if (!Sender.Equals(_courier))
        {
            return Directive.Stop;
        }

        ServeResults();
        return Directive.Restart;
    });

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Timers.StartPeriodicTimer("describe", Describe.Instance, TimeSpan.Zero, _settings.DescribeEvery);
    }

    protected override void PostStop()
    {
        // The next agent says when the device is idle.
        _ = _parts.Images.PauseAsync();
        Context.System.EventStream.Unsubscribe(Self);
        _ended.Cancel();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Describe when _runs.Count == 0:
                // Not while something is measured: the engine would have to answer.
                _ = _parts.Device.DescribeAsync(_ended.Token).PipeTo(Self, failure: broken => new NotDescribed(broken));
                break;
            case DeviceDescription description:
                OnDescribed(description);
                break;
            case NotDescribed broken when !_ended.IsCancellationRequested:
                _parts.Log.LogError(broken.Cause, "the device could not be described: {Message}", broken.Cause.Message);
                break;
            case TryRegister:
                TryToRegister();
                break;
            case ToDevice.Registered registered when registered.Session == _session && !IsRegistered && _leaving is null:
                OnRegistered(registered);
                break;
            case ToDevice.RegistrationRefused refused when refused.Session == _session && !IsRegistered:
                _unansweredRegistrations = 0;
                _refusals.Say($"the server refuses this device: {refused.Message}");
                break;
            case ToDevice.RegisterAgain again when again.Session == _session && IsRegistered && _leaving is null:
                BeginToRegister();
                break;
            case SendHeartbeat when IsRegistered:
                CheckHeartbeats();
                break;
            case ToDevice.HeartbeatAck ack when ack.Session == _session:
                OnAcknowledged(ack);
                break;
            case ThisActorSystemQuarantinedEvent quarantined:
                _lost($"the server at {quarantined.RemoteAddress} has shut this node's ActorSystem out");
                break;
            case ToDevice.PrepareImages images when images.Session == _session && IsRegistered:
                _parts.Images.Want(images.Images);
                break;
            case ToDevice.RunCell cell:
                OnRunCell(cell);
                break;
            case ToDevice.StopAttempt stop:
                OnStopAttempt(stop);
                break;
            case ToDevice.AttemptAnswer answer:
                _courier.Forward(answer);
                break;
            case FromDevice.AttemptProgress progress:
                _coordinator.Tell(progress);
                break;
            case InferenceRun.Ended ended:
                OnEnded(ended);
                break;
            case InferenceRun.Gone gone:
                OnOver(gone.Attempt);
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            case ResultCourier.Delivered delivered:
                _over.Add(delivered.Attempt);
                _parts.Log.LogInformation("attempt {Attempt}: the server answered {Answer}", delivered.Attempt, delivered.Answer);
                break;
            case Leave:
                OnLeave();
                break;
        }
    }

    private void OnDescribed(DeviceDescription description)
    {
        var first = _description is null;
        if (description.Problem is { } problem && problem != _description?.Problem)
        {
            _parts.Log.LogWarning("nothing can be measured now: {Problem}", problem);
        }
        else if (description.Problem is null && _description?.Problem is not null)
        {
            _parts.Log.LogInformation("measuring is possible again");
        }

        _description = description;
        if (first && _leaving is null)
        {
            BeginToRegister();
        }
    }

    // Every round of registration has a session of its own: a late answer to an older round, which did not know what is held now, is none
    // to this one.
    private void BeginToRegister()
    {
        _registration = null;
        _session = Guid.NewGuid();
        _unansweredRegistrations = 0;
        Timers.Cancel(HeartbeatTimer);
        Timers.StartPeriodicTimer(RegisterTimer, TryRegister.Instance, TimeSpan.Zero, _settings.RegisterEvery);
    }

    private void TryToRegister()
    {
        if (IsRegistered || _description is null)
        {
            return;
        }

        if (_unansweredRegistrations++ >= _settings.UnansweredRegistrations)
        {
            _lost($"the server has not answered {_settings.UnansweredRegistrations} registrations");
            return;
        }

        AttemptId[] holding = [.. _parts.Held.All.Select(held => held.Attempt).Union(_parts.Outcomes.All)];
        _coordinator.Tell(new FromDevice.Register(
            _settings.Device, _session, _settings.Name, _description, holding, _settings.Token));
    }

    private void OnRegistered(ToDevice.Registered registered)
    {
        if (_incarnation is { } known && known != registered.Incarnation)
        {
            _lost("the server was restarted");
            return;
        }

        _parts.Log.LogInformation("registered as {Name} with server {Server}", _settings.Name, registered.Server);
        _incarnation = registered.Incarnation;
        _registration = registered;
        _heartbeat = _answeredHeartbeat = 0;
        _refusals.Clear();
        Timers.Cancel(RegisterTimer);

        var valid = registered.Valid.ToHashSet();
        foreach (var held in _parts.Held.All)
        {
            var counts = held.Server == registered.Server && valid.Contains(held.Attempt);
            RunOf(held).Tell(counts ? InferenceRun.Begin.Instance : new InferenceRun.Stop(null));
        }

        ServeResults();
        Timers.StartPeriodicTimer(
            HeartbeatTimer,
            SendHeartbeat.Instance,
            TimeSpan.Zero,
            TimeSpan.FromMilliseconds(Math.Max(1, registered.HeartbeatMilliseconds)));
        SettleImages();
    }

    // A measurement owns the device: images are got ready only while there is none.
    private void SettleImages()
    {
        if (IsRegistered && _leaving is null && _runs.Count == 0)
        {
            _parts.Images.Resume();
        }
        else
        {
            _ = _parts.Images.PauseAsync();
        }
    }

    private void ServeResults()
    {
        if (_registration is { } registration)
        {
            _courier.Tell(new ResultCourier.Serve(registration.Server));
        }
    }

    private void CheckHeartbeats()
    {
        if (_heartbeat - _answeredHeartbeat >= _settings.UnansweredHeartbeats)
        {
            _lost($"the server has not answered {_settings.UnansweredHeartbeats} heartbeats");
            return;
        }

        Heartbeat();
    }

    private void Heartbeat()
    {
        if (IsRegistered)
        {
            _heartbeat++;
            _coordinator.Tell(new FromDevice.Heartbeat(
                _settings.Device, _session, _heartbeat, _runs.Keys.FirstOrDefault(), _description?.Problem, _description?.Host,
                _parts.Images.Images));
        }
    }

    private void OnAcknowledged(ToDevice.HeartbeatAck ack)
    {
        if (ack.Incarnation != _incarnation)
        {
            _lost("the server was restarted");
            return;
        }

        _answeredHeartbeat = Math.Max(_answeredHeartbeat, ack.Number);
    }

    private void OnRunCell(ToDevice.RunCell cell)
    {
        var attempt = cell.Attempt;
        if (_registration?.Server != cell.Server || _leaving is not null)
        {
            // What counts is not settled yet; the server sends it again to a device that is registered and idle.
            _parts.Log.LogInformation("attempt {Attempt} not taken: this device is not registered with its server now", attempt);
        }
        else if (_over.Contains(attempt))
        {
            _parts.Log.LogInformation("attempt {Attempt} not taken: it is over", attempt);
        }
        else if (_runs.ContainsKey(attempt))
        {
            Started(attempt);
        }
        else if (_parts.Outcomes.All.Contains(attempt))
        {
            Started(attempt);
            _courier.Tell(new ResultCourier.SendAgain(attempt));
        }
        else if (_runs.Keys.FirstOrDefault() is { } busy)
        {
            _parts.Log.LogWarning("attempt {Attempt} not taken: attempt {Busy} has the device", attempt, busy);
            Heartbeat();
        }
        else
        {
            _parts.Log.LogInformation(
                "attempt {Attempt}: {Model} with {Runtime}", attempt, cell.Assignment.ModelName, cell.Assignment.Image.Runtime);
            _parts.Held.Add(cell);
            RunOf(cell).Tell(InferenceRun.Begin.Instance);
            Started(attempt);
        }
    }

    private void Started(AttemptId attempt) => _coordinator.Tell(new FromDevice.AttemptStarted(_settings.Device, attempt));

    private void OnStopAttempt(ToDevice.StopAttempt stop)
    {
        if (_runs.TryGetValue(stop.Attempt, out var run))
        {
            _parts.Log.LogInformation("attempt {Attempt} is stopped: {Reason}", stop.Attempt, stop.Reason);
            run.Child.Tell(new InferenceRun.Stop(stop.Reason));
        }
        else if (_parts.Outcomes.All.Contains(stop.Attempt))
        {
            _courier.Tell(new ResultCourier.SendAgain(stop.Attempt));
        }
        else if (_parts.Held.All.All(held => held.Attempt != stop.Attempt))
        {
            // Its assignment was lost, or comes late or doubled: then it begins nothing. The server repeats the order until it has this
            // answer.
            _over.Add(stop.Attempt);
            var failure = new CellFailure(FailureKind.Cancelled, $"stopped before it began: {stop.Reason}");
            _coordinator.Tell(new FromDevice.AttemptFailed(_settings.Device, stop.Attempt, failure));
        }
    }

    private IActorRef RunOf(ToDevice.RunCell held)
    {
        if (!_runs.TryGetValue(held.Attempt, out var run))
        {
            run = new Run(held, Context.Watch(Context.ActorOf(InferenceRun.Props(held, _parts, _settings))));
            _runs.Add(held.Attempt, run);
            SettleImages();
        }

        return run.Child;
    }

    private void OnEnded(InferenceRun.Ended ended)
    {
        _parts.Log.LogInformation("attempt {Attempt} ended: {Failure}", ended.Attempt, ended.Outcome.Failure?.Message ?? "measured");
        Release(ended.Attempt);
        _courier.Tell(ended);
        Heartbeat();
    }

    private void OnOver(AttemptId attempt)
    {
        _over.Add(attempt);
        Release(attempt);
        Heartbeat();
        // It may have ended just before it was to stop: what was measured is delivered, whether it counts or not.
        ServeResults();
    }

    // The order of a child's last message and its end is kept, so what is still listed here has ended without a word.
    private void OnTerminated(IActorRef child)
    {
        if (_runs.Values.FirstOrDefault(run => run.Child.Equals(child)) is not { } run)
        {
            return;
        }

        var attempt = run.Assignment.Attempt;
        var outcome = AttemptOutcome.Failed(FailureKind.Internal, "the edge node broke off in an unexpected way; its log says more");
        var self = Self;
        _ = FinishAsync().PipeTo(self, failure: _ => new InferenceRun.Ended(run.Assignment.Server, attempt, outcome));

        async Task<object> FinishAsync()
        {
            await _parts.Measurements.StopAsync(attempt).ConfigureAwait(false);
            await _parts.Measurements.ForgetAsync(attempt).ConfigureAwait(false);
            _parts.Outcomes.Keep(run.Assignment.Server, attempt, outcome);
            return new InferenceRun.Ended(run.Assignment.Server, attempt, outcome);
        }
    }

    private void Release(AttemptId attempt)
    {
        if (_runs.Remove(attempt, out var run))
        {
            Context.Unwatch(run.Child);
        }

        _parts.Held.Remove(attempt);
        SettleImages();
        CheckLeft();
    }

    private void OnLeave()
    {
        _leaving = Sender;
        Timers.CancelAll();
        if (IsRegistered)
        {
            _coordinator.Tell(new FromDevice.Leaving(_settings.Device, _session));
            _registration = null;
        }

        SettleImages();
        foreach (var held in _parts.Held.All)
        {
            RunOf(held).Tell(new InferenceRun.Stop(null));
        }

        CheckLeft();
    }

    private void CheckLeft()
    {
        if (_leaving is not null && _runs.Count == 0)
        {
            _leaving.Tell(Left.Instance);
        }
    }

    /// <summary>From the process: say goodbye and stop what runs. Answered by <see cref="Left"/> when nothing does.</summary>
    internal sealed record Leave : INoSerializationVerificationNeeded
    {
        public static Leave Instance { get; } = new();
    }

    /// <summary>Answers <see cref="Leave"/>.</summary>
    internal sealed record Left : INoSerializationVerificationNeeded
    {
        public static Left Instance { get; } = new();
    }

    private sealed record Describe : INoSerializationVerificationNeeded
    {
        public static Describe Instance { get; } = new();
    }

    private sealed record NotDescribed(Exception Cause) : INoSerializationVerificationNeeded;

    private sealed record TryRegister : INoSerializationVerificationNeeded
    {
        public static TryRegister Instance { get; } = new();
    }

    private sealed record SendHeartbeat : INoSerializationVerificationNeeded
    {
        public static SendHeartbeat Instance { get; } = new();
    }

    private sealed record Run(ToDevice.RunCell Assignment, IActorRef Child);
}

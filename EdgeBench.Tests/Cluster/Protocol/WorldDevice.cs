using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Cluster.Protocol;

/// <summary>
/// A device that keeps to the rules of an agent: one attempt at a time, results in a spool until they are answered for good.
/// </summary>
internal sealed class WorldDevice(World world, int number)
{
    private readonly Dictionary<AttemptId, IFromDevice> _spool = [];
    private readonly HashSet<AttemptId> _over = [];
    private AttemptId? _running;
    private bool _isStopping;
    private Guid _session;
    private long? _incarnation;
    private int _sessions;
    private long _beats;
    private bool _isRegistered;
    private bool _isRegistering;

    public DeviceId Id { get; } = new(new Guid(number, 0, 0, new byte[8]));

    public DeviceName Name { get; } = new($"device-{number}");

    public string? Problem { get; set; }

    private static Sha256 Host { get; } = Sha256.Of("host"u8);

    private static CellResult Valid { get; } = Messages.Samples.Result with
    {
        Verdict = new Verdict(VerdictLevel.Valid, [], 1),
        Host = Host,
        Fingerprint = new Fingerprint([new NamedFact(FactNames.RuntimeImage, Messages.Samples.Image.Identity().Hex)]),
    };

    public Link<(long Incarnation, IToDevice Message)> Inbound { get; } = new();

    public Link<IFromDevice> Outbound { get; } = new();

    /// <summary>What an agent does by its timers.</summary>
    public void Tick()
    {
        if (_isRegistered)
        {
            Beat();
        }
        else
        {
            Register();
        }
    }

    public void SendSpool()
    {
        foreach (var outcome in _spool.Values.Where(_ => _isRegistered))
        {
            Outbound.Send(outcome);
        }
    }

    /// <summary>The running attempt ends.</summary>
    public void Finish(int how)
    {
        if (_running is not { } attempt)
        {
            return;
        }

        _running = null;
        if (_isStopping)
        {
            _isStopping = false;
            AnswerStop(attempt);
            return;
        }

        _spool[attempt] = how switch
        {
            0 => new FromDevice.AttemptFailed(Id, attempt, new CellFailure(FailureKind.RunnerFailed, "crashed")),
            1 => new FromDevice.AttemptFailed(Id, attempt, new CellFailure(FailureKind.Lost, "the engine went away")),
            _ => new FromDevice.AttemptMeasured(Id, attempt, how % 2 == 0 ? Valid : Messages.Samples.Result),
        };
        if (how > 2)
        {
            world.Uploaded.Add(attempt);
        }

        if (_isRegistered)
        {
            Outbound.Send(_spool[attempt]);
            Beat();
        }
    }

    /// <summary>The process is killed and started again: what ran is gone, the spool is not.</summary>
    public void RestartProcess()
    {
        _running = null;
        _isStopping = false;
        _over.Clear();
        RebuildSystem();
    }

    /// <summary>The ActorSystem is rebuilt; what runs goes on.</summary>
    public void RebuildSystem()
    {
        _isRegistered = false;
        _isRegistering = false;
        _incarnation = null;
        Inbound.Clear();
    }

    public void Receive()
    {
        if (Inbound.TryTake(out var next))
        {
            // The connection of a server that is gone brings nothing once the new one has been heard.
            Inbound.Drop(message => message.Incarnation < next.Incarnation);
            Hear(next.Message, isLate: false);
        }
    }

    public void ReceiveLate(int which)
    {
        if (Inbound.TryTakeLate(which, out var late))
        {
            Hear(late.Message, isLate: true);
        }
    }

    private void Register()
    {
        if (!_isRegistering)
        {
            _isRegistering = true;
            _session = new Guid(number, 0, 0, BitConverter.GetBytes((long)++_sessions));
        }

        AttemptId[] holding = [.. _running is null ? [] : new[] { _running }, .. _spool.Keys];
        Outbound.Send(new FromDevice.Register(
            Id, _session, Name, Messages.Samples.Description with { Problem = Problem, Host = Host }, holding, "token"));
    }

    private void Beat() => Outbound.Send(new FromDevice.Heartbeat(Id, _session, ++_beats, _running, Problem, Host));

    private void Hear(IToDevice message, bool isLate)
    {
        switch (message)
        {
            case ToDevice.Registered registered when _isRegistering && registered.Session == _session:
                Registered(registered);
                break;
            case ToDevice.RegisterAgain again when again.Session == _session && _isRegistered:
                _isRegistered = false;
                Register();
                break;
            case ToDevice.HeartbeatAck ack when ack.Session == _session && _isRegistered && ack.Incarnation != _incarnation:
                RebuildSystem();
                break;
            case ToDevice.RunCell run when _isRegistered:
                Run(run.Attempt, isLate);
                break;
            case ToDevice.StopAttempt stop:
                Stop(stop.Attempt);
                break;
            case ToDevice.AttemptAnswer { Answer: ResultAnswer.Missing } answer:
                world.Uploaded.Add(answer.Attempt);
                break;
            case ToDevice.AttemptAnswer answer:
                _spool.Remove(answer.Attempt);
                _over.Add(answer.Attempt);
                break;
        }
    }

    private void Registered(ToDevice.Registered registered)
    {
        if (_incarnation is { } known && known != registered.Incarnation)
        {
            RebuildSystem();
            return;
        }

        _incarnation = registered.Incarnation;
        _isRegistered = true;
        _isRegistering = false;
        _beats = 0;
        _isStopping |= _running is not null && !registered.Valid.Contains(_running);

        Beat();
        SendSpool();
    }

    private void Run(AttemptId attempt, bool isLate)
    {
        if (_over.Contains(attempt))
        {
            return;
        }

        if (_spool.TryGetValue(attempt, out var outcome))
        {
            Outbound.Send(outcome);
            return;
        }

        if (_running is not null && _running != attempt)
        {
            Assert.True(isLate, $"never two cells on a device at once: {attempt} came while {_running} runs");
            return;
        }

        _running = attempt;
        Outbound.Send(new FromDevice.AttemptStarted(Id, attempt));
    }

    private void Stop(AttemptId attempt)
    {
        if (_running == attempt)
        {
            // Which takes its time.
            _isStopping = true;
        }
        else if (_spool.TryGetValue(attempt, out var outcome))
        {
            Outbound.Send(outcome);
        }
        else
        {
            AnswerStop(attempt);
        }
    }

    private void AnswerStop(AttemptId attempt)
    {
        _over.Add(attempt);
        if (_isRegistered)
        {
            Outbound.Send(new FromDevice.AttemptFailed(Id, attempt, new CellFailure(FailureKind.Cancelled, "stopped")));
            Beat();
        }
    }
}

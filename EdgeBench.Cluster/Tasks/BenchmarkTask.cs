using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using EdgeBench.Cluster.Conversion;
using EdgeBench.Cluster.Coordination;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Tasks;

/// <summary>
/// One task: keeps its journal, has its models converted, tells the coordinator what waits for devices, and tells clients what happened.
/// What follows
/// from what is in <see cref="TaskProcess"/>.
/// </summary>
internal sealed class BenchmarkTask : UntypedPersistentActor, IWithTimers
{
    private readonly TaskId _id;
    private readonly TaskServices _services;
    private readonly EventLog _log = new();
    private readonly Dictionary<CellId, CellProgress> _progress = [];
    private readonly Dictionary<long, (IActorRef Client, ClientRequests.EventsAfter Question)> _held = [];
    private readonly HashSet<(int Model, string Format, string Precision)> _converting = [];
    private readonly ILoggingAdapter _logger = Context.GetLogger();
    private TaskState _state = TaskState.None;
    private bool _begun;
    private long _heldCount;
    private IActorRef? _waitingClient;

    /// <summary>To be made with <see cref="Props"/>.</summary>
    public BenchmarkTask(TaskId id, TaskServices services)
    {
        _id = id;
        _services = services;
    }

    /// <inheritdoc />
    public override string PersistenceId => $"task-{_id}";

    /// <inheritdoc />
    public override Recovery Recovery => new(SnapshotSelectionCriteria.None);

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private DateTimeOffset Now => _services.Time.GetUtcNow();

    /// <summary>Makes a task's actor.</summary>
    public static Props Props(TaskId id, TaskServices services) => Akka.Actor.Props.Create(() => new BenchmarkTask(id, services));

    /// <inheritdoc />
    protected override void PreStart()
    {
        base.PreStart();
        SetReceiveTimeout(_services.IdleAfter);
    }

    /// <inheritdoc />
    protected override void PostStop()
    {
        _services.Converter.Tell(ForgetConversions.Instance);
        base.PostStop();
    }

    /// <inheritdoc />
    protected override void OnRecover(object message)
    {
        if (message is ITaskEvent happened)
        {
            Apply(happened);
        }
    }

    /// <inheritdoc />
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case TaskMessages.Keep keep:
                Carry(keep.Command, _ => Sender.Tell(new TaskMessages.Kept(
                    _id, RequestHash.Of(_state.Submission!.Request), _state.Submission.Cells)));
                break;
            case TaskMessages.Begin:
                _begun = true;
                Carry(new TaskCommand.Resume(), _ => Report());
                break;
            case TaskMessages.Do { Command: TaskCommand.Assign assign }:
                Carry(assign, decision => TellAssigned(assign, decision));
                break;
            case TaskMessages.Do { Command: TaskCommand.Reuse reuse }:
                Carry(reuse, _ => Context.Parent.Tell(
                    new TaskMessages.Assigned(TaskReport.Of(_id, _state), reuse.Cell, Attempt: null, Assignment: null)));
                break;
            case TaskMessages.Lend lend:
                Context.Parent.Tell(_state.Lend(lend, _services.HasArtifact));
                break;
            case TaskMessages.Do work:
                Carry(work.Command, work.Device);
                break;
            case ModelAnswer answer:
                _converting.Remove((answer.Model, answer.Format, answer.Precision));
                Carry(answer.Outcome.Converted is { } converted
                    ? new TaskCommand.KeepModel(answer.Model, converted)
                    : new TaskCommand.RefuseModel(answer.Model, answer.Format, answer.Outcome.Failure!, answer.Precision));
                break;
            case FromDevice.AttemptProgress progress:
                Note(progress);
                break;
            case TaskMessages.Describe:
                Sender.Tell(new ClientReplies.Accepted(_id, _state.Submission!.Cells, Existed: true));
                break;
            case ClientRequests.EventsAfter question:
                Answer(question);
                break;
            case HoldEnded ended:
                if (_held.Remove(ended.Number, out var held))
                {
                    held.Client.Tell(Page(held.Question));
                }

                break;
            case ClientRequests.CancelTask:
                Cancel();
                break;
            case ReceiveTimeout:
                if (!_begun && _held.Count == 0)
                {
                    Context.Parent.Tell(new TaskMessages.Passivate(_id));
                }

                break;
            case TaskMessages.Stop:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc />
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _waitingClient?.Tell(new Refusal(
            RefusalCode.StorageFailed,
            $"the server's journal cannot be written: {cause.Message}; try again")
            .ToReply());
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    private void Carry(TaskCommand command, DeviceId? device)
    {
        var attempt = command switch
        {
            TaskCommand.KeepResult keep => keep.Attempt,
            TaskCommand.FailAttempt fail => fail.Attempt,
            _ => null,
        };
        if (device is not null && command is TaskCommand.KeepResult result && !_services.HasArtifact(result.Result.Raw))
        {
            Context.Parent.Tell(new TaskMessages.Concluded(
                device, new ToDevice.AttemptAnswer(result.Attempt, ResultAnswer.Missing, result.Result.Raw)));
            return;
        }

        Carry(TaskLimits.Fit(command), decision =>
        {
            if (device is not null && attempt is not null && decision.Answer is { } answer)
            {
                Context.Parent.Tell(new TaskMessages.Concluded(device, new ToDevice.AttemptAnswer(attempt, answer)));
            }
        });
    }

    /// <summary>Journals what follows from a command, and only then does and tells what follows from that.</summary>
    private void Carry(TaskCommand command, Action<TaskDecision>? then = null)
    {
        var decision = _state.Process(command, Now);
        if (decision.Events.IsEmpty)
        {
            then?.Invoke(decision);
            return;
        }

        var left = decision.Events.Length;
        PersistAll(decision.Events, happened =>
        {
            Apply(happened);
            if (--left == 0)
            {
                then?.Invoke(decision);
                Changed();
            }
        });
    }

    private void Apply(ITaskEvent happened)
    {
        _state = _state.Apply(happened);
        _log.Add(happened);
    }

    private void Changed()
    {
        foreach (var cell in _progress.Keys.Where(cell => _state[cell].CurrentAttempt is null).ToList())
        {
            _progress.Remove(cell);
        }

        Report();
        Wake();
    }

    private void Report()
    {
        if (!_begun)
        {
            return;
        }

        Context.Parent.Tell(TaskReport.Of(_id, _state));
        if (_state.Outcome is not null)
        {
            _begun = false;
            _converting.Clear();
            _services.Converter.Tell(ForgetConversions.Instance);
            return;
        }

        foreach (var (model, format, precision) in _state.WantedModels().Where(_converting.Add).ToList())
        {
            _services.Converter.Tell(new ConvertModel(_state.Submission!.Request.Models[model], format, model, precision));
        }
    }

    private void TellAssigned(TaskCommand.Assign assign, TaskDecision decision)
    {
        var attempt = decision.Events.OfType<TaskEvents.CellAssigned>().FirstOrDefault()?.Attempt;
        Assignment? assignment = null;
        if (attempt is not null)
        {
            var cell = _state[assign.Cell].Cell;
            var model = _state.Model(cell)!.Converted!;
            assignment = new Assignment
            {
                ModelName = _state.Submission!.Request.Models[cell.Model].Name,
                Model = model.File,
                Format = cell.Format,
                Precision = cell.Precision,
                Flops = model.Flops,
                FastConvolutionShare = model.FastConvolutionShare,
                Converter = _services.ServerVersion,
                Image = assign.Image,
                Options = cell.Options,
            };
        }

        Context.Parent.Tell(new TaskMessages.Assigned(TaskReport.Of(_id, _state), assign.Cell, attempt, assignment));
    }

    private void Note(FromDevice.AttemptProgress progress)
    {
        var cell = _state.Cells.FirstOrDefault(cell => cell.Cell.Id == progress.Attempt.Cell);
        if (cell?.CurrentAttempt != progress.Attempt || cell.Cell.Device != progress.Device)
        {
            return;
        }

        _progress[progress.Attempt.Cell] = TaskLimits.Fit(progress);
        Wake();
    }

    private void Answer(ClientRequests.EventsAfter question)
    {
        if (!question.Wait || question.Cursor < _log.Count || _state.Outcome is not null)
        {
            Sender.Tell(Page(question));
            return;
        }

        var number = ++_heldCount;
        _held.Add(number, (Sender, question));
        Timers.StartSingleTimer(number, new HoldEnded(number), _services.Hold);
    }

    private ClientReplies.EventPage Page(ClientRequests.EventsAfter question) =>
        _log.Page(_id, question.Cursor, _progress.Values.OrderBy(progress => progress.Cell.Number));

    private void Wake()
    {
        foreach (var (number, held) in _held)
        {
            Timers.Cancel(number);
            held.Client.Tell(Page(held.Question));
        }

        _held.Clear();
    }

    private void Cancel()
    {
        var client = Sender;
        _waitingClient = client;
        var ended = _state.Outcome;
        _logger.Info("Task {0} is cancelled by a user", _id);
        Carry(new TaskCommand.Cancel(), _ =>
        {
            _waitingClient = null;
            client.Tell(new ClientReplies.Done(ended is null ? $"task {_id} is cancelled" : $"task {_id} had ended already"));
        });
    }

    /// <summary>A question has been held back for long enough.</summary>
    private sealed record HoldEnded(long Number) : INoSerializationVerificationNeeded, IDeadLetterSuppression, INotInfluenceReceiveTimeout;
}

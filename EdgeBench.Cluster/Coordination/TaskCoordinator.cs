using Akka.Actor;
using Akka.Event;
using Akka.Pattern;
using Akka.Persistence;
using EdgeBench.Cluster.Devices;
using EdgeBench.Cluster.Tasks;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Coordination;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Coordination;

/// <summary>
/// The one coordinator of the cluster: accepts tasks, keeps their actors, and gives their cells to devices. What it remembers is the
/// <see cref="TaskLedger"/>, what it knows besides is the <see cref="Dispatch"/>; this actor stores the one, and does what the other says.
/// </summary>
internal sealed partial class TaskCoordinator : UntypedPersistentActor, IWithTimers
{
    private static readonly TimeSpan MinimumBackOff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaximumBackOff = TimeSpan.FromSeconds(20);

    private readonly CoordinatorServices _services;
    private readonly ILoggingAdapter _logger = Context.GetLogger();
    private readonly HashSet<TaskId> _awaited = [];
    private TaskLedger _ledger = TaskLedger.None;
    private Dispatch? _dispatch;

    /// <summary>To be made with <see cref="Props"/>.</summary>
    public TaskCoordinator(CoordinatorServices services) => _services = services;

    /// <inheritdoc />
    public override string PersistenceId => "task-coordinator";

    /// <inheritdoc />
    public override Recovery Recovery => new(SnapshotSelectionCriteria.None);

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private DateTimeOffset Now => _services.Tasks.Time.GetUtcNow();

    /// <summary>Makes the coordinator with its supervisor, which starts it again, ever more slowly, when the journal fails.</summary>
    public static Props Props(CoordinatorServices services)
    {
        var options = Backoff.OnStop(
                Akka.Actor.Props.Create(() => new TaskCoordinator(services)), "coordinator", MinimumBackOff, MaximumBackOff, 0.2, -1)
            .WithFinalStopMessage(message => message is StopCoordinator)
            .WithReplyWhileStopped(new Refusal(
                RefusalCode.StorageFailed,
                "the server's journal cannot be used, see the server's log; nothing was done, try again").ToReply());
        return BackoffSupervisor.Props(options);
    }

    /// <inheritdoc />
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case ICoordinatorEvent happened:
                _ledger = _ledger.Apply(happened);
                break;
            case RecoveryCompleted when _ledger.Server is null:
                // The one thing that is drawn by lot, once in the life of a data folder.
                Persist(new CoordinatorEvents.ServerIdentified(new ServerId(Guid.NewGuid()), Now), Store(Begin));
                break;
            case RecoveryCompleted:
                Begin();
                break;
        }
    }

    /// <inheritdoc />
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case ClientRequests.SubmitTask submit:
                Submit(submit);
                break;
            case ClientRequests.PlanTask plan:
                Sender.Tell(PlanOf(plan));
                break;
            case ClientRequests.CancelTask cancel:
                ForwardTo(cancel.Task, cancel);
                break;
            case ClientRequests.EventsAfter question:
                ForwardTo(question.Task, question);
                break;
            case ClientRequests.ListTasks list:
                Sender.Tell(TaskListOf(list.Skip));
                break;
            case ClientRequests.ListDevices list:
                Sender.Tell(DeviceListOf(list.Skip));
                break;
            case IFromDevice fromDevice:
                Hear(fromDevice);
                break;
            case TaskMessages.Kept kept:
                Accept(kept);
                break;
            case TaskReport report:
                Take(report, (dispatch, place) => dispatch.Reported(place, report, Now));
                break;
            case TaskMessages.Assigned assigned:
                Take(assigned.Report, (dispatch, place) => dispatch.Assigned(
                    place, assigned.Report, assigned.Cell, assigned.Attempt, assigned.Assignment, Now));
                break;
            case TaskMessages.Lent lent:
                Do(_dispatch!.Lent(lent, Now));
                break;
            case TaskMessages.Concluded concluded:
                TellDevice(concluded.Device, concluded.Answer);
                break;
            case TaskMessages.Passivate passivate:
                Passivate(passivate.Task);
                break;
            case Terminated terminated:
                Lose(terminated.ActorRef);
                break;
            case StartAgain again:
                StartOpen(again.Task);
                break;
            case Tick:
                Do(_dispatch!.Tick(Now));
                break;
            case CoordinatorPing:
                Sender.Tell(CoordinatorPing.Instance);
                break;
            case StopCoordinator:
                StopAfterTasks();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc />
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        if (@event is CoordinatorEvents.TaskAccepted accepted)
        {
            RefuseSubmission(accepted.Task, new Refusal(
                RefusalCode.StorageFailed,
                $"the server's journal cannot be written: {cause.Message}; the task is not accepted, submit it again"));
        }

        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    /// <inheritdoc />
    protected override SupervisorStrategy SupervisorStrategy() =>
        // A task that fails is stopped, and started again from its journal a little later.
        new OneForOneStrategy(_ => Directive.Stop);

    private Action<ICoordinatorEvent> Store(Action then) => happened =>
    {
        _ledger = _ledger.Apply(happened);
        then();
    };

    private void Begin()
    {
        _dispatch = new Dispatch
        {
            Settings = new DispatchSettings
            {
                HeartbeatInterval = _services.HeartbeatInterval,
                AwayAfter = _services.AwayAfter,
                LostAfter = _services.LostAfter,
                Boot = MachineBoot.Current,
                FindImage = _services.Runtimes.Find,
                FindImages = _services.Runtimes.FindAll,
                ImageMissing = (runtime, architecture) => Grid.ImageMissing(runtime, architecture, _services.Runtimes),
            },
            Server = _ledger.Server!,
            Reusable = _ledger.Reusable,
            Incarnation = Akka.Cluster.Cluster.Get(Context.System).SelfUniqueAddress.Uid,
        };
        foreach (var task in _ledger.Order.Where(task => _ledger.Tasks[task].IsOpen))
        {
            _awaited.Add(task);
            StartOpen(task);
        }

        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, _services.HeartbeatInterval);
        _logger.Info("Coordinator of server {0} begins with {1} open tasks of {2}", _ledger.Server, _awaited.Count, _ledger.Order.Count);
    }

    private void Take(TaskReport report, Func<Dispatch, long, DispatchStep> input)
    {
        if (_ledger.Tasks.GetValueOrDefault(report.Task) is not { } entry)
        {
            return;
        }

        _awaited.Remove(report.Task);
        _backOff.Remove(report.Task);
        Do(input(_dispatch!, entry.Place));
        if (report.HasEnded && _ledger.Close(report.Task, report.Reusable, Now) is { } closed)
        {
            _logger.Info("Task {0} has ended", report.Task);
            Persist(closed, Store(() => { }));
        }
    }

    private void Do(DispatchStep step)
    {
        _dispatch = step.Dispatch;
        foreach (var effect in step.Effects)
        {
            switch (effect)
            {
                case DispatchEffect.TellDevice tell:
                    TellDevice(tell.Device, tell.Message);
                    break;
                case DispatchEffect.TellTask tell:
                    ChildOf(tell.Task).Tell(new TaskMessages.Do(tell.Command, tell.Device));
                    break;
                case DispatchEffect.AskForResult ask:
                    ForwardTo(ask.Question.From.Task, ask.Question);
                    break;
                case DispatchEffect.DownNode down:
                    Down(down.Device);
                    break;
            }
        }
    }

    /// <summary>Time to look at who is silent.</summary>
    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}

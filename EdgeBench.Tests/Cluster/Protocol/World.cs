using EdgeBench.Cluster.Coordination;
using EdgeBench.Cluster.Devices;
using EdgeBench.Cluster.Tasks;
using EdgeBench.Messages.Coordination;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Cluster.Protocol;

/// <summary>
/// The server's rules without its actors, with devices around it and a network between that loses, doubles and delays. What a real server
/// keeps on disk
/// are the journals here; all else is gone when it is restarted. Every step checks the safety rules.
/// </summary>
internal sealed class World
{
    public static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(10);

    private readonly List<ICoordinatorEvent> _ledgerJournal = [];
    private readonly Dictionary<TaskId, List<ITaskEvent>> _journals = [];
    private readonly HashSet<TaskId> _accepted = [];
    private readonly Dictionary<TaskId, TaskCommand.Submit> _submissions = [];
    private readonly Queue<(TaskId Task, object Message)> _toTasks = new();
    private readonly Queue<object> _toCoordinator = new();
    private readonly HashSet<TaskId> _awaited = [];
    private readonly HashSet<TaskId> _begun = [];
    private TaskLedger _ledger = TaskLedger.None;
    private Dispatch _dispatch = null!;
    private Dictionary<TaskId, TaskState> _tasks = [];

    public World(int devices)
    {
        Write(new CoordinatorEvents.ServerIdentified(new ServerId(Guid.Empty), Now));
        Devices = [.. Enumerable.Range(1, devices).Select(number => new WorldDevice(this, number))];
        Start();
    }

    public DateTimeOffset Now { get; private set; } = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public long Incarnation { get; private set; }

    public IReadOnlyList<WorldDevice> Devices { get; }

    /// <summary>The results whose artifact has been uploaded.</summary>
    /// <summary>How many cells had their result lent.</summary>
    public int Reused { get; private set; }

    public HashSet<AttemptId> Uploaded { get; } = [];

    public IEnumerable<TaskId> Accepted => _accepted;

    public TaskState this[TaskId task] => _tasks[task];

    public void Submit(TaskKey key, int models, int deviceMask)
    {
        var task = TaskId.Of(key);
        var request = new TaskRequest
        {
            Models =
            [
                .. Enumerable.Range(0, models).Select(model => new ModelSource
                {
                    Name = $"m{model}",
                    FileName = $"m{model}.h5",
                    File = Messages.Samples.Artifact($"m{model}"),
                }),
            ],
            // Else nearly every cell would have its result from another one.
            Fresh = models > 1,
        };
        if (_submissions.ContainsKey(task) || _ledger.Judge(key, RequestHash.Of(request)) != SubmissionKind.New)
        {
            return;
        }

        var devices = Devices.Where((_, index) => (deviceMask & (1 << index)) != 0);
        Cell[] cells =
        [
            .. Enumerable.Range(0, models).SelectMany(_ => devices, (model, device) => (Model: model, Device: device))
                .Select((point, index) => Messages.Samples.Cell with
                {
                    Id = new CellId(task, index + 1),
                    Model = point.Model,
                    Device = point.Device.Id,
                    DeviceName = point.Device.Name,
                }),
        ];
        if (cells.Length == 0)
        {
            return;
        }

        _submissions[task] = new TaskCommand.Submit(key, request, cells, [], "test");
        _toTasks.Enqueue((task, _submissions[task]));
    }

    public void Cancel(TaskKey key)
    {
        if (_ledger.Tasks.ContainsKey(TaskId.Of(key)))
        {
            _toTasks.Enqueue((TaskId.Of(key), new TaskCommand.Cancel()));
        }
    }

    public void FinishConversion(bool isAccepted)
    {
        foreach (var task in _begun.Where(task => _tasks[task].Outcome is null))
        {
            if (_tasks[task].WantedModels().FirstOrDefault() is { Format: not null } wanted)
            {
                _toTasks.Enqueue((task, isAccepted
                    ? new TaskCommand.KeepModel(
                        wanted.Model, Messages.Samples.Converted with { Format = wanted.Format, Precision = wanted.Precision })
                    : new TaskCommand.RefuseModel(
                        wanted.Model, wanted.Format, new CellFailure(FailureKind.ModelRefused, "refused"), wanted.Precision)));
                return;
            }
        }
    }

    public void Pass(TimeSpan time)
    {
        Now += time;
        Do(_dispatch.Tick(Now));
    }

    /// <summary>Carries one message within the server.</summary>
    public bool StepInside()
    {
        if (_toCoordinator.TryDequeue(out var report))
        {
            Coordinate(report);
            return true;
        }

        if (_toTasks.TryDequeue(out var command))
        {
            Carry(command.Task, command.Message);
            return true;
        }

        return false;
    }

    /// <summary>Carries half of what is under way: messages to tasks before reports to the coordinator, so that both cross.</summary>
    public void StepTaskFirst()
    {
        if (_toTasks.TryDequeue(out var command))
        {
            Carry(command.Task, command.Message);
        }
    }

    /// <summary>The actor of an open task fails and is started again.</summary>
    public void BreakTask(TaskKey key)
    {
        var task = TaskId.Of(key);
        if (!_ledger.Tasks.TryGetValue(task, out var entry))
        {
            return;
        }

        var others = _toTasks.Where(message => message.Task != task).ToList();
        _toTasks.Clear();
        others.ForEach(_toTasks.Enqueue);
        _dispatch = _dispatch.Interrupted(task);
        _tasks[task] = TaskState.Replay(_journals[task]);
        if (entry.IsOpen)
        {
            _toTasks.Enqueue((task, new Begin()));
        }
    }

    public void RestartServer()
    {
        _toTasks.Clear();
        _toCoordinator.Clear();
        _submissions.Clear();
        _begun.Clear();
        Start();
    }

    /// <summary>A message of a device reaches the coordinator.</summary>
    public void Hear(IFromDevice message)
    {
        switch (message)
        {
            case FromDevice.Register register when _awaited.Count == 0:
                Do(_dispatch.Register(register, Now));
                break;
            case FromDevice.Heartbeat beat when _awaited.Count == 0:
                Do(_dispatch.Beat(beat, Now));
                break;
            case FromDevice.Register or FromDevice.Heartbeat:
                break;
            case var _ when !_dispatch.Devices.ContainsKey(message.Device):
                break;
            case FromDevice.AttemptStarted started:
                Do(_dispatch.Started(started));
                break;
            case FromDevice.AttemptMeasured measured:
                Do(_dispatch.Answered(
                    measured.Device,
                    measured.Attempt,
                    new TaskCommand.KeepResult(measured.Attempt, measured.Result),
                    IsKnown(measured.Attempt),
                    Now));
                break;
            case FromDevice.AttemptFailed failed:
                Do(_dispatch.Answered(
                    failed.Device,
                    failed.Attempt,
                    new TaskCommand.FailAttempt(failed.Attempt, failed.Failure),
                    IsKnown(failed.Attempt),
                    Now));
                break;
        }
    }

    private static int CountedResults(List<ITaskEvent> journal, CellId cell) => journal.Count(happened =>
        (happened as TaskEvents.CellMeasured)?.Attempt.Cell == cell || (happened as TaskEvents.CellReused)?.Cell == cell);

    private static void Check(bool holds, string rule) => Assert.True(holds, rule);

    private bool IsKnown(AttemptId attempt) => _ledger.Tasks.ContainsKey(attempt.Cell.Task);

    private void Start()
    {
        Incarnation++;
        _ledger = _ledgerJournal.Aggregate(TaskLedger.None, (ledger, happened) => ledger.Apply(happened));
        _tasks = _journals.ToDictionary(pair => pair.Key, pair => TaskState.Replay(pair.Value));
        Check(_accepted.All(_ledger.Tasks.ContainsKey), "an accepted task is never forgotten");
        Check(_accepted.All(task => _tasks[task].Submission is not null), "an accepted task has its request");
        _dispatch = new Dispatch
        {
            Settings = new DispatchSettings
            {
                LostAfter = LostAfter,
                FindImage = (_, _) => Messages.Samples.Image,
                FindImages = _ => [],
                ImageMissing = (_, _) => "",
            },
            Server = _ledger.Server!,
            Reusable = _ledger.Reusable,
            Incarnation = Incarnation,
        };
        _awaited.Clear();
        foreach (var task in _ledger.Order.Where(task => _ledger.Tasks[task].IsOpen))
        {
            _awaited.Add(task);
            _toTasks.Enqueue((task, new Begin()));
        }
    }

    private void Write(ICoordinatorEvent happened)
    {
        _ledgerJournal.Add(happened);
        _ledger = _ledger.Apply(happened);
    }

    private void Carry(TaskId task, object message)
    {
        if (message is TaskMessages.Lend lend)
        {
            _toCoordinator.Enqueue(_tasks[task].Lend(lend, _ => true));
            return;
        }

        var (command, device) = message switch
        {
            DispatchEffect.TellTask tell => (tell.Command, tell.Device),
            TaskCommand own => (own, null),
            _ => (new TaskCommand.Resume(), (DeviceId?)null),
        };
        if (command is TaskCommand.KeepResult keep && !Uploaded.Contains(keep.Attempt))
        {
            _toCoordinator.Enqueue(new TaskMessages.Concluded(
                device!, new ToDevice.AttemptAnswer(keep.Attempt, ResultAnswer.Missing, keep.Result.Raw)));
            return;
        }

        var before = _tasks.GetValueOrDefault(task, TaskState.None);
        var decision = before.Process(command, Now);
        foreach (var happened in decision.Events)
        {
            Append(task, happened);
        }

        Tell(task, message, command, device, decision);
    }

    private void Append(TaskId task, ITaskEvent happened)
    {
        var journal = _journals.TryGetValue(task, out var found) ? found : _journals[task] = [];
        Check(
            !journal.OfType<TaskEvents.Ended>().Any() || happened is TaskEvents.ResultSuperseded,
            $"an ended task stays as it is, but {happened}");
        journal.Add(happened);
        _tasks[task] = _tasks.GetValueOrDefault(task, TaskState.None).Apply(happened);
        if (happened is TaskEvents.CellAssigned assigned)
        {
            var earlier = journal.OfType<TaskEvents.CellAssigned>().Count(other => other.Attempt.Cell == assigned.Attempt.Cell);
            Check(assigned.Attempt.Number == earlier, "attempts are numbered one after the other");
            Check(earlier <= CellState.MaximumAttempts, "a cell has at most three attempts");
        }

        if (happened is TaskEvents.CellMeasured measured)
        {
            Check(CountedResults(journal, measured.Attempt.Cell) == 1, "one counted result a cell");
        }

        if (happened is TaskEvents.CellReused reused)
        {
            var lender = _tasks[reused.From.Task][reused.From];
            Check(CountedResults(journal, reused.Cell) == 1, "one counted result a cell");
            Check(lender is { ReusedFrom: null, Result.Verdict.Level: VerdictLevel.Valid }, "only a valid result of its own is lent");
            Check(lender.Cell.Device == _tasks[task][reused.Cell].Cell.Device, "a result is lent on the device that measured it");
            Check(!_tasks[task].Submission!.Request.Fresh, "who wants fresh results gets none that is lent");
            Reused++;
        }
    }

    private void Tell(TaskId task, object message, TaskCommand command, DeviceId? device, TaskDecision decision)
    {
        var state = _tasks.GetValueOrDefault(task, TaskState.None);
        if (command is TaskCommand.Submit)
        {
            _toCoordinator.Enqueue(new TaskMessages.Kept(task, RequestHash.Of(state.Submission!.Request), state.Submission.Cells));
            return;
        }

        if (message is Begin)
        {
            _begun.Add(task);
        }

        var attempt = (command as TaskCommand.KeepResult)?.Attempt ?? (command as TaskCommand.FailAttempt)?.Attempt;
        if (device is not null && attempt is not null && decision.Answer is { } answer)
        {
            _toCoordinator.Enqueue(new TaskMessages.Concluded(device, new ToDevice.AttemptAnswer(attempt, answer)));
        }

        if (command is TaskCommand.Assign assign)
        {
            var made = decision.Events.OfType<TaskEvents.CellAssigned>().FirstOrDefault()?.Attempt;
            _toCoordinator.Enqueue(new TaskMessages.Assigned(
                TaskReport.Of(task, state), assign.Cell, made, made is null ? null : AssignmentOf(assign)));
        }

        if (command is TaskCommand.Reuse reuse)
        {
            _toCoordinator.Enqueue(new TaskMessages.Assigned(TaskReport.Of(task, state), reuse.Cell, null, null));
        }

        if (_begun.Contains(task) && (message is Begin || !decision.Events.IsEmpty))
        {
            _toCoordinator.Enqueue(TaskReport.Of(task, state));
        }
    }

    private static Assignment AssignmentOf(TaskCommand.Assign assign) => new()
    {
        ModelName = "m",
        Model = Messages.Samples.Artifact("m"),
        Format = "onnx",
        Image = assign.Image,
        Options = new MeasurementOptions(),
    };

    private void Coordinate(object message)
    {
        switch (message)
        {
            case TaskMessages.Kept kept when _submissions.Remove(kept.Task, out var submission):
                if (kept.Request == RequestHash.Of(submission.Request)
                    && _ledger.Accept(submission.Key, kept.Request, Now) is { } accepted)
                {
                    Write(accepted);
                    _accepted.Add(kept.Task);
                    _toTasks.Enqueue((kept.Task, new Begin()));
                }

                break;
            case TaskReport report when _ledger.Tasks.TryGetValue(report.Task, out var entry):
                _awaited.Remove(report.Task);
                Do(_dispatch.Reported(entry.Place, report, Now));
                if (report.HasEnded && _ledger.Close(report.Task, report.Reusable, Now) is { } closed)
                {
                    Write(closed);
                }

                break;
            case TaskMessages.Assigned made:
                Do(_dispatch.Assigned(_ledger.Tasks[made.Report.Task].Place, made.Report, made.Cell, made.Attempt, made.Assignment, Now));
                break;
            case TaskMessages.Lent lent:
                Do(_dispatch.Lent(lent, Now));
                break;
            case TaskMessages.Concluded concluded:
                CheckCommitted(concluded.Answer);
                Tell(concluded.Device, concluded.Answer);
                break;
        }
    }

    private void Do(DispatchStep step)
    {
        _dispatch = step.Dispatch;
        foreach (var effect in step.Effects)
        {
            switch (effect)
            {
                case DispatchEffect.TellTask tell:
                    _toTasks.Enqueue((tell.Task, tell));
                    break;
                case DispatchEffect.AskForResult ask:
                    _toTasks.Enqueue((ask.Question.From.Task, ask.Question));
                    break;
                case DispatchEffect.TellDevice { Message: ToDevice.RunCell run } tell:
                    Check(
                        _journals[run.Attempt.Cell.Task].Contains(new TaskEvents.CellAssigned(run.Attempt, AssignedAt(run.Attempt))),
                        "an attempt is in the journal before its device hears of it");
                    Tell(tell.Device, run);
                    break;
                case DispatchEffect.TellDevice tell:
                    Tell(tell.Device, tell.Message);
                    break;
            }
        }
    }

    private DateTimeOffset AssignedAt(AttemptId attempt) =>
        _journals[attempt.Cell.Task].OfType<TaskEvents.CellAssigned>()
            .FirstOrDefault(assigned => assigned.Attempt == attempt)
            ?.At ?? default;

    private void CheckCommitted(ToDevice.AttemptAnswer answer)
    {
        if (answer.Answer == ResultAnswer.Stored)
        {
            Check(
                _journals[answer.Attempt.Cell.Task].Any(happened =>
                    (happened as TaskEvents.CellMeasured)?.Attempt == answer.Attempt
                    || (happened as TaskEvents.AttemptFailed)?.Attempt == answer.Attempt
                    || (happened as TaskEvents.CellFailed)?.Cell == answer.Attempt.Cell),
                "what a device is told to be stored is in the journal");
        }
    }

    private void Tell(DeviceId device, IToDevice message) =>
        Devices.Single(other => other.Id == device).Inbound.Send((Incarnation, message));

    /// <summary>Stands for the message that lets a task work.</summary>
    private sealed record Begin;
}

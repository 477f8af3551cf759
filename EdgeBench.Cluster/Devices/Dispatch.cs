using System.Collections.Immutable;
using EdgeBench.Cluster.Tasks;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Devices;

/// <summary>
/// What the coordinator knows of devices and of the cells that wait for them: memory only, rebuilt after a restart from the reports of the
/// tasks and the
/// registrations of the devices. It never changes; each input gives the next one and what is to be done.
/// </summary>
internal sealed partial record Dispatch
{
    /// <summary>What it goes by.</summary>
    public required DispatchSettings Settings { get; init; }

    /// <summary>The server's identity.</summary>
    public required ServerId Server { get; init; }

    /// <summary>The number of the server's ActorSystem.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The open tasks in the order of their acceptance.</summary>
    public ImmutableSortedDictionary<long, TaskReport> Tasks { get; init; } = ImmutableSortedDictionary<long, TaskReport>.Empty;

    /// <summary>The devices that have registered.</summary>
    public ImmutableDictionary<DeviceId, DeviceSession> Devices { get; init; } = ImmutableDictionary<DeviceId, DeviceSession>.Empty;

    /// <summary>Since when a device that cells wait for has not been there. Devices that were there and went are not among them.</summary>
    public ImmutableDictionary<DeviceId, DateTimeOffset> NeverSeen { get; init; } = ImmutableDictionary<DeviceId, DateTimeOffset>.Empty;

    /// <summary>The valid results of ended tasks, by the conditions under which they may be used again.</summary>
    public ImmutableDictionary<Sha256, CellId> Reusable { get; init; } = ImmutableDictionary<Sha256, CellId>.Empty;

    private IEnumerable<RunningAttempt> AllRunning => Tasks.Values.SelectMany(task => task.Running);

    private IEnumerable<WaitingCell> AllWaiting => Tasks.Values.SelectMany(task => task.Waiting);

    /// <summary>A task told how it stands.</summary>
    /// <param name="order">Its place in the order of acceptance.</param>
    /// <param name="report">How it stands.</param>
    /// <param name="now">When.</param>
    public DispatchStep Reported(long order, TaskReport report, DateTimeOffset now)
    {
        var tasks = report.HasEnded ? Tasks.Remove(order) : Tasks.SetItem(order, report);
        var next = this with
        {
            Tasks = tasks,
            Reusable = Reusable.SetItems(report.Reusable.Select(result => KeyValuePair.Create(result.Conditions, result.Cell))),
            Devices = Devices.ToImmutableDictionary(
                pair => pair.Key, pair => pair.Value with { Held = StillRunning(pair.Value.Held, report) }),
        };
        return new DispatchStep(next, []).Settle(now);
    }

    /// <summary>A task made an attempt, which is in its journal now; or declined to.</summary>
    /// <param name="order">Its place in the order of acceptance.</param>
    /// <param name="report">How it stands.</param>
    /// <param name="cell">The cell that it was asked for.</param>
    /// <param name="attempt">The attempt, or null.</param>
    /// <param name="assignment">What its device is to be told, or null.</param>
    /// <param name="now">When.</param>
    public DispatchStep Assigned(
        long order, TaskReport report, CellId cell, AttemptId? attempt, Assignment? assignment, DateTimeOffset now)
    {
        var step = new DispatchStep(this, []);
        if (Devices.Values.FirstOrDefault(device => IsReserved(device, cell)) is { } device)
        {
            DeviceWork? work = attempt is null ? null : new DeviceWork.Given(attempt, assignment, now);
            step = step.With(With(device with { Work = work }));
            if (attempt is not null && assignment is not null)
            {
                step = step.Then(new DispatchEffect.TellDevice(device.Id, new ToDevice.RunCell(Server, attempt, assignment)));
            }
        }

        var reported = step.Dispatch.Reported(order, report, now);
        return step.With(reported.Dispatch).Then(reported.Effects);
    }

    /// <summary>A task lends a result to a cell of another task, or cannot.</summary>
    /// <param name="lent">What it said.</param>
    /// <param name="now">When.</param>
    public DispatchStep Lent(TaskMessages.Lent lent, DateTimeOffset now)
    {
        var (from, conditions, to) = lent.Request;
        if (Devices.Values.FirstOrDefault(device => device.Work == new DeviceWork.Reserved(to, from)) is not { } device)
        {
            return new DispatchStep(this, []);
        }

        if (lent.Result is { } result)
        {
            return new DispatchStep(this, []).Then(
                new DispatchEffect.TellTask(to.Task, new TaskCommand.Reuse(to, from, lent.MeasuredAt, result)));
        }

        var next = With(device with { Work = null });
        return new DispatchStep(next with { Reusable = Reusable.Remove(conditions) }, []).Settle(now);
    }

    /// <summary>The actor of a task is gone and will be back with a report; what it was asked for may not have happened.</summary>
    /// <param name="task">The task.</param>
    public Dispatch Interrupted(TaskId task) => this with
    {
        Devices = Devices.ToImmutableDictionary(
            pair => pair.Key,
            pair => pair.Value.Work is DeviceWork.Reserved reserved && (reserved.Cell.Task == task || reserved.Lender?.Task == task)
                ? pair.Value with { Work = null }
                : pair.Value),
        // A task that cannot be read lends nothing; its cells are measured anew.
        Reusable = Reusable.RemoveRange(Reusable.Where(result => result.Value.Task == task).Select(result => result.Key)),
        Tasks = Tasks.ToImmutableSortedDictionary(
            pair => pair.Key,
            pair => pair.Value.Task == task ? pair.Value with { Waiting = [] } : pair.Value),
    };

    /// <summary>Time has passed.</summary>
    public DispatchStep Tick(DateTimeOffset now)
    {
        var step = new DispatchStep(this, []);
        foreach (var device in Devices.Values.Where(device => !device.IsAway && now - device.LastSeen >= Settings.AwayAfter))
        {
            step = step.With(step.Dispatch.With(device with { IsAway = true })).Then(new DispatchEffect.DownNode(device.Id));
        }

        var lost = step.Dispatch.LostDevices(now);
        var endings = step.Dispatch.CellsOf(lost).Select(cell => EndOfCell(
            cell,
            FailureKind.DeviceLost,
            $"the device was away for {Words(Settings.LostAfter)}; start its edge node again and submit anew"));
        return step.Then(endings).Settle(now);
    }

    private static DispatchEffect.TellTask EndOfCell(CellId cell, FailureKind kind, string message) =>
        new(cell.Task, new TaskCommand.EndCell(cell, new CellFailure(kind, message)));

    private static ImmutableHashSet<AttemptId> StillRunning(ImmutableHashSet<AttemptId> held, TaskReport report) => held.IsEmpty
        ? held
        : [.. held.Where(attempt => attempt.Cell.Task != report.Task || report.Running.Any(running => running.Attempt == attempt))];

    private static string Words(TimeSpan time) =>
        time.TotalMinutes >= 1 ? $"{time.TotalMinutes:0.#} minutes" : $"{time.TotalSeconds:0.#} seconds";

    private Dispatch With(DeviceSession device) => this with { Devices = Devices.SetItem(device.Id, device) };

    private HashSet<DeviceId> LostDevices(DateTimeOffset now) =>
    [
        .. from device in Devices.Values
           where device.IsAway && now - device.LastSeen >= Settings.LostAfter
           select device.Id,
        .. from pair in NeverSeen
           where now - pair.Value >= Settings.LostAfter
           select pair.Key,
    ];

    private IEnumerable<CellId> CellsOf(HashSet<DeviceId> devices) =>
    [
        .. AllRunning.Where(running => devices.Contains(running.Device)).Select(running => running.Attempt.Cell),
        .. AllWaiting.Where(waiting => devices.Contains(waiting.Device)).Select(waiting => waiting.Cell),
    ];

    /// <summary>Brings devices and cells together as far as that goes now.</summary>
    internal DispatchStep Settle(DispatchStep step, DateTimeOffset now)
    {
        step = step.With(NoteNeverSeen(now));
        step = step.Dispatch.StopWhatNoLongerCounts(step);
        step = step.Dispatch.LoseWhatNobodyHolds(step);
        step = step.Dispatch.EndWhatCannotRun(step);
        return step.Dispatch.Occupy(step);
    }

    private Dispatch NoteNeverSeen(DateTimeOffset now)
    {
        var wanted = AllWaiting.Select(waiting => waiting.Device).Concat(AllRunning.Select(running => running.Device))
            .Where(device => !Devices.ContainsKey(device)).Distinct();
        return this with { NeverSeen = wanted.ToImmutableDictionary(device => device, device => NeverSeen.GetValueOrDefault(device, now)) };
    }

    /// <summary>A device whose attempt ended otherwise, as by a user, is told to stop it.</summary>
    private DispatchStep StopWhatNoLongerCounts(DispatchStep step)
    {
        var running = AllRunning.Select(attempt => attempt.Attempt).ToHashSet();
        foreach (var device in Devices.Values)
        {
            if (device.Work is DeviceWork.Given { StopReason: null } given && !running.Contains(given.Attempt))
            {
                const string Reason = "its task no longer wants it";
                step = step.With(step.Dispatch.With(device with { Work = given with { StopReason = Reason } }))
                    .Then(new DispatchEffect.TellDevice(device.Id, new ToDevice.StopAttempt(given.Attempt, Reason)));
            }
        }

        return step;
    }

    /// <summary>An attempt whose device is there without it is lost.</summary>
    private DispatchStep LoseWhatNobodyHolds(DispatchStep step) => step.Then(
        from running in AllRunning
        let device = Devices.GetValueOrDefault(running.Device)
        where device is { IsAway: false } && device.Attempt != running.Attempt && !device.Held.Contains(running.Attempt)
            && !IsReserved(device, running.Attempt.Cell)
        select new DispatchEffect.TellTask(
            running.Attempt.Cell.Task,
            new TaskCommand.FailAttempt(
                running.Attempt, new CellFailure(FailureKind.Lost, $"device '{device.Name}' came back without it"))));

    /// <summary>
    /// Cells that wait for a device which cannot measure, or for an image that is not there, end: they would wait for ever. So do cells
    /// whose runtime cannot run their model: the device shall spend no time on them.
    /// </summary>
    private DispatchStep EndWhatCannotRun(DispatchStep step) => step.Then(
        from waiting in AllWaiting
        let device = Devices.GetValueOrDefault(waiting.Device)
        where device is { IsAway: false } && !IsReserved(device, waiting.Cell)
        let architecture = device.Description.Architecture
        let image = Settings.FindImage(waiting.Runtime, architecture)
        let unfit = waiting.Unfit.FirstOrDefault(runtime => (runtime.Runtime, runtime.Version) == (image?.Runtime, image?.Version))
        where device.Description.Problem is not null || image is null || unfit is not null
        select device.Description.Problem is { } problem ? EndOfCell(waiting.Cell, FailureKind.EngineUnavailable, problem)
            : image is null ? EndOfCell(waiting.Cell, FailureKind.ImageMissing, Settings.ImageMissing(waiting.Runtime, architecture))
            : EndOfCell(waiting.Cell, FailureKind.ModelRefused, unfit!.Reason));

    /// <summary>Each idle device gets the first cell that waits for it, or that cell an earlier result.</summary>
    private DispatchStep Occupy(DispatchStep step)
    {
        // A conversion on the machine that measures would be in the latencies.
        var isConverting = Tasks.Values.Any(task => task.IsConverting);
        foreach (var device in Devices.Values.Where(device => device.IsIdle && !(isConverting && IsOnThisMachine(device))))
        {
            if (AllWaiting.FirstOrDefault(waiting => waiting.Device == device.Id) is { } cell
                && Settings.FindImage(cell.Runtime, device.Description.Architecture) is { } image
                && !cell.Unfit.Any(runtime => (runtime.Runtime, runtime.Version) == (image.Runtime, image.Version)))
            {
                var conditions = ReuseConditions.Of(cell.Conditions, device.Id, device.Description, image);
                var lender = conditions is null ? null : Reusable.GetValueOrDefault(conditions);
                step = step.With(step.Dispatch.With(device with { Work = new DeviceWork.Reserved(cell.Cell, lender) }))
                    .Then(lender is null
                        ? new DispatchEffect.TellTask(cell.Cell.Task, new TaskCommand.Assign(cell.Cell, image))
                        : new DispatchEffect.AskForResult(new TaskMessages.Lend(lender, conditions!, cell.Cell)));
            }
        }

        return step;
    }

    private bool IsOnThisMachine(DeviceSession device) => device.Description.Boot is { } boot && boot == Settings.Boot;

    private static bool IsReserved(DeviceSession device, CellId cell) => device.Work is DeviceWork.Reserved reserved && reserved.Cell == cell;
}

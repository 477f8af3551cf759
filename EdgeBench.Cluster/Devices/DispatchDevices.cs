using EdgeBench.Cluster.Tasks;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Devices;

/// <content>What devices say.</content>
internal sealed partial record Dispatch
{
    private const string NoLongerCounts = "it no longer counts";

    /// <summary>A device registers. Only after every open task has reported: the answer says which attempts are still valid.</summary>
    public DispatchStep Register(FromDevice.Register register, DateTimeOffset now)
    {
        var holder = Devices.Values.FirstOrDefault(
            device => device.Name == register.Name && device.Id != register.Device && !device.IsAway);
        if (holder is not null)
        {
            var message = $"the name '{register.Name}' belongs to another device that is online "
                + $"({holder.Id}, {holder.Description.Architecture}); start this one with --name {FreeName(register.Name)}";
            return new DispatchStep(this, []).Then(
                new DispatchEffect.TellDevice(register.Device, new ToDevice.RegistrationRefused(register.Session, message)));
        }

        var before = Devices.GetValueOrDefault(register.Device);
        // A doubled registration of the same session knows less than is known here already. What the session was told to begin and may not
        // have heard
        // is told again, which is safe.
        var given = before?.Session == register.Session ? before.Work as DeviceWork.Given : null;
        var heldBefore = before?.Session == register.Session ? before.Held : [];
        var valid = AllRunning.Where(running => running.Device == register.Device).Select(running => running.Attempt)
            .Where(attempt => register.Holding.Contains(attempt) || attempt == given?.Attempt || heldBefore.Contains(attempt)).ToList();
        var session = new DeviceSession
        {
            Id = register.Device,
            Session = register.Session,
            Name = register.Name,
            Description = register.Description,
            LastSeen = now,
            LastBeat = before?.Session == register.Session ? before.LastBeat : -1,
            Work = given is not null && valid.Contains(given.Attempt) ? given : null,
            Held = [.. valid],
        };
        var step = new DispatchStep(With(session), []).Then(new DispatchEffect.TellDevice(
            register.Device,
            new ToDevice.Registered(register.Session, Server, Incarnation, valid, (int)Settings.HeartbeatInterval.TotalMilliseconds)));
        if (session.Work is DeviceWork.Given { Assignment: { } assignment } again && !register.Holding.Contains(again.Attempt))
        {
            step = step.Then(new DispatchEffect.TellDevice(register.Device, new ToDevice.RunCell(Server, again.Attempt, assignment)));
        }

        return step.Settle(now);
    }

    /// <summary>A device is still there.</summary>
    public DispatchStep Beat(FromDevice.Heartbeat beat, DateTimeOffset now)
    {
        var step = new DispatchStep(this, []);
        if (Devices.GetValueOrDefault(beat.Device) is not { IsAway: false } device || device.Session != beat.Session)
        {
            return step.Then(new DispatchEffect.TellDevice(beat.Device, new ToDevice.RegisterAgain(beat.Session)));
        }

        if (beat.Number <= device.LastBeat)
        {
            return step;
        }

        // What the device was at when it registered, it says now.
        var work = device.Work is null && beat.Busy is not null && device.Held.Contains(beat.Busy)
            ? new DeviceWork.Given(beat.Busy, null, now)
            : device.Work;
        var attempt = (work as DeviceWork.Given)?.Attempt;
        if (work is DeviceWork.Given { StopReason: { } reason } stopping)
        {
            // Only its answer frees the device: a heartbeat that tells of nothing may have been sent before it heard of the attempt at all.
            step = step.Then(new DispatchEffect.TellDevice(beat.Device, new ToDevice.StopAttempt(stopping.Attempt, reason)));
        }
        else if (work is DeviceWork.Given { Assignment: { } assignment } given && beat.Busy is null
            && now - given.GivenAt >= Settings.HeartbeatInterval)
        {
            work = given with { GivenAt = now };
            step = step.Then(new DispatchEffect.TellDevice(beat.Device, new ToDevice.RunCell(Server, given.Attempt, assignment)));
        }

        if (beat.Busy is not null && beat.Busy != attempt)
        {
            step = step.Then(new DispatchEffect.TellDevice(beat.Device, new ToDevice.StopAttempt(beat.Busy, NoLongerCounts)));
        }

        var images = Settings.FindImages(device.Description.Architecture);
        if (work is null && beat.Busy is null && !images.Select(image => (image.Runtime, image.Identity())).ToHashSet()
            .SetEquals((beat.Images ?? []).Select(image => (image.Runtime, image.Identity))))
        {
            step = step.Then(new DispatchEffect.TellDevice(beat.Device, new ToDevice.PrepareImages(beat.Session, images)));
        }

        var seen = device with
        {
            Images = beat.Images ?? [],
            LastSeen = now,
            LastBeat = beat.Number,
            Work = work,
            IsReady = beat.Busy is null || beat.Busy == attempt,
            Description = device.Description with { Problem = beat.Problem, Host = beat.Host },
        };
        return step.With(step.Dispatch.With(seen))
            .Then(new DispatchEffect.TellDevice(beat.Device, new ToDevice.HeartbeatAck(beat.Session, beat.Number, Incarnation)))
            .Settle(now);
    }

    /// <summary>A device began an attempt.</summary>
    public DispatchStep Started(FromDevice.AttemptStarted started) =>
        AllRunning.Any(running => Is(running, started.Device, started.Attempt))
            ? new DispatchStep(this, [new DispatchEffect.TellTask(started.Attempt.Cell.Task, new TaskCommand.Start(started.Attempt))])
            : new DispatchStep(
                this, [new DispatchEffect.TellDevice(started.Device, new ToDevice.StopAttempt(started.Attempt, NoLongerCounts))]);

    /// <summary>A device answers for an attempt, with a result or without.</summary>
    /// <param name="device">The device.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="command">What the task is to be told.</param>
    /// <param name="isKnown">Whether the task was ever accepted.</param>
    /// <param name="now">When.</param>
    public DispatchStep Answered(DeviceId device, AttemptId attempt, TaskCommand command, bool isKnown, DateTimeOffset now)
    {
        var next = Devices.GetValueOrDefault(device) is { } session ? With(Freed(session, attempt)) : this;
        var step = new DispatchStep(next, []).Then(isKnown
            ? new DispatchEffect.TellTask(attempt.Cell.Task, command, device)
            : new DispatchEffect.TellDevice(device, new ToDevice.AttemptAnswer(attempt, ResultAnswer.Unknown)));
        return step.Settle(now);
    }

    /// <summary>A device goes on purpose.</summary>
    public Dispatch Leave(FromDevice.Leaving leaving) =>
        Devices.GetValueOrDefault(leaving.Device) is { } device && device.Session == leaving.Session
            ? With(device with { IsAway = true })
            : this;

    private static bool Is(RunningAttempt running, DeviceId device, AttemptId attempt) =>
        running.Attempt == attempt && running.Device == device;

    private DeviceSession Freed(DeviceSession session, AttemptId attempt) => session with
    {
        Work = session.Attempt == attempt ? null : session.Work,
        IsReady = session.IsReady || session.Attempt == attempt,
        Held = AllRunning.Any(running => Is(running, session.Id, attempt)) ? session.Held.Add(attempt) : session.Held,
    };

    private DeviceName FreeName(DeviceName taken)
    {
        var stem = taken.Value.Length <= DeviceName.MaximumLength - 4 ? taken.Value : taken.Value[..(DeviceName.MaximumLength - 4)];
        return Enumerable.Range(2, Devices.Count + 1).Select(number => new DeviceName($"{stem}-{number}"))
            .First(name => Devices.Values.All(device => device.Name != name));
    }
}

using Akka.Actor;
using Akka.Event;
using EdgeBench.Cluster.Tasks;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Coordination;

/// <content>The coordinator and the actors of tasks.</content>
internal sealed partial class TaskCoordinator
{
    private readonly Dictionary<TaskId, IActorRef> _children = [];
    private readonly Dictionary<IActorRef, TaskId> _tasks = [];
    private readonly Dictionary<TaskId, Submission> _submissions = [];
    private readonly Dictionary<TaskId, List<(object Message, IActorRef Sender)>> _passivating = [];
    private readonly Dictionary<TaskId, TimeSpan> _backOff = [];
    private bool _stopping;

    private void Submit(ClientRequests.SubmitTask submit)
    {
        var task = TaskId.Of(submit.Key);
        var hash = RequestHash.Of(submit.Request);
        var begun = _submissions.GetValueOrDefault(task);
        switch (Judge(task, submit.Key, hash))
        {
            case SubmissionKind.KeyTaken:
                Sender.Tell(KeyTaken(submit.Key).ToReply());
                break;
            case SubmissionKind.Repeated when begun is not null:
                begun.Clients.Add(Sender);
                break;
            case SubmissionKind.Repeated:
                ForwardTo(task, new TaskMessages.Describe());
                break;
            case SubmissionKind.New:
                SubmitNew(task, submit, hash);
                break;
        }
    }

    private SubmissionKind Judge(TaskId task, TaskKey key, Sha256 request) =>
        _submissions.TryGetValue(task, out var begun) ? begun.Judge(key, request) : _ledger.Judge(key, request);

    private void SubmitNew(TaskId task, ClientRequests.SubmitTask submit, Sha256 hash)
    {
        var files = submit.Request.Models.SelectMany<ModelSource, (string, ArtifactRef)>(model =>
        [
            (model.FileName, model.File),
            .. model.Weights is { } weights ? [(model.WeightsFileName ?? "weights", weights)] : Array.Empty<(string, ArtifactRef)>(),
            .. model.Check.Select(check => (check.Name, check.File)),
        ])
            .Concat(submit.Request.Options.Inputs.Select(input => ($"input '{input.Name}'", input.File)));
        if (files.FirstOrDefault(file => !_services.Tasks.HasArtifact(file.Item2)) is { Item2: { } missing } absent)
        {
            Sender.Tell(new Refusal(
                RefusalCode.ArtifactMissing,
                $"{absent.Item1} is not in the artifact store; upload it first: PUT /artifacts/{missing.Sha256}")
            .ToReply());
            return;
        }

        var (grid, refusal) = Grid.Of(task, submit.Request, [.. _dispatch!.Devices.Values], _services.Runtimes);
        if (grid is null)
        {
            Sender.Tell(refusal!.ToReply());
            return;
        }

        _submissions.Add(task, new Submission(submit.Key, hash, [Sender]));
        ChildOf(task).Tell(new TaskMessages.Keep(new TaskCommand.Submit(
            submit.Key, submit.Request, grid.Cells, grid.Refused, _services.Tasks.ServerVersion)));
    }

    private IClientReply PlanOf(ClientRequests.PlanTask plan)
    {
        var task = TaskId.Of(plan.Key);
        if (Judge(task, plan.Key, RequestHash.Of(plan.Request)) == SubmissionKind.KeyTaken)
        {
            return KeyTaken(plan.Key).ToReply();
        }

        var (grid, refusal) = Grid.Of(task, plan.Request, [.. _dispatch!.Devices.Values], _services.Runtimes);
        return grid is null
            ? refusal!.ToReply()
            : new ClientReplies.Planned(
                grid.Cells, [.. grid.Refused.Select(refused => new CellRefusal(refused.Cell.Number, refused.Failure.Message))]);
    }

    private void Accept(TaskMessages.Kept kept)
    {
        if (!_submissions.TryGetValue(kept.Task, out var submission))
        {
            return;
        }

        if (kept.Request != submission.Request)
        {
            // The journal holds another request under this key, of a submission that was never answered.
            RefuseSubmission(kept.Task, KeyTaken(submission.Key));
        }
        else if (_ledger.Accept(submission.Key, submission.Request, Now) is { } accepted)
        {
            Persist(accepted, Store(() => TellAccepted(kept)));
        }
    }

    private void TellAccepted(TaskMessages.Kept kept)
    {
        _submissions.Remove(kept.Task, out var submission);
        _logger.Info("Task {0} is accepted with {1} cells", kept.Task, kept.Cells.Count);
        for (var index = 0; index < submission!.Clients.Count; index++)
        {
            submission.Clients[index].Tell(new ClientReplies.Accepted(kept.Task, kept.Cells, Existed: index > 0));
        }

        ChildOf(kept.Task).Tell(new TaskMessages.Begin());
    }

    private void RefuseSubmission(TaskId task, Refusal refusal)
    {
        if (_submissions.Remove(task, out var submission))
        {
            submission.Clients.ForEach(client => client.Tell(refusal.ToReply()));
        }
    }

    private static Refusal KeyTaken(TaskKey key) =>
        new(RefusalCode.KeyTaken, $"the key '{key}' belongs to a task with another request; submit this one under another key");

    private void ForwardTo(TaskId task, object message)
    {
        if (!_ledger.Tasks.ContainsKey(task))
        {
            Sender.Tell(new Refusal(RefusalCode.UnknownTask, $"there is no task {task}; see: edgebench task list").ToReply());
        }
        else if (_passivating.TryGetValue(task, out var later))
        {
            later.Add((message, Sender));
        }
        else
        {
            ChildOf(task).Forward(message);
        }
    }

    private IActorRef ChildOf(TaskId task)
    {
        if (!_children.TryGetValue(task, out var child))
        {
            // A name may be free only a moment after its actor has stopped, so none is given.
            child = Context.Watch(Context.ActorOf(BenchmarkTask.Props(task, _services.Tasks)));
            _children.Add(task, child);
            _tasks.Add(child, task);
        }

        return child;
    }

    private void StartOpen(TaskId task)
    {
        if (_ledger.Tasks.GetValueOrDefault(task) is { IsOpen: true })
        {
            ChildOf(task).Tell(new TaskMessages.Begin());
        }
    }

    private void Passivate(TaskId task)
    {
        if (_children.TryGetValue(task, out var child) && !_submissions.ContainsKey(task) && _passivating.TryAdd(task, []))
        {
            child.Tell(new TaskMessages.Stop());
        }
    }

    /// <summary>The actor of a task has stopped: as told, or because it failed.</summary>
    private void Lose(IActorRef child)
    {
        if (!_tasks.Remove(child, out var task))
        {
            return;
        }

        _children.Remove(task);
        if (_stopping)
        {
            StopAfterTasks();
        }
        else if (_passivating.Remove(task, out var later))
        {
            later.ForEach(message => ChildOf(task).Tell(message.Message, message.Sender));
        }
        else
        {
            RefuseSubmission(task, new Refusal(
                RefusalCode.StorageFailed,
                "the server's journal cannot be written, see the server's log; the task is not accepted, submit it again"));
            // One task that cannot be read must not hold up the others.
            _awaited.Remove(task);
            _dispatch = _dispatch!.Interrupted(task);
            var wait = _backOff.TryGetValue(task, out var last)
                ? TimeSpan.FromTicks(Math.Min(last.Ticks * 2, MaximumBackOff.Ticks))
                : MinimumBackOff;
            _backOff[task] = wait;
            _logger.Error("The actor of task {0} failed; it is started again in {1} s", task, wait.TotalSeconds);
            Timers.StartSingleTimer(task, new StartAgain(task), wait);
        }
    }

    private void StopAfterTasks()
    {
        _stopping = true;
        if (_children.Count == 0)
        {
            Context.Stop(Self);
            return;
        }

        foreach (var child in _children.Values)
        {
            child.Tell(new TaskMessages.Stop());
        }
    }

    private ClientReplies.TaskList TaskListOf(int skip)
    {
        var entries = from task in _ledger.Order.Reverse()
                      let entry = _ledger.Tasks[task]
                      select new TaskEntry(task, entry.Key, entry.IsOpen);
        var (tasks, more) = Clients.AnswerPage.Of(entries, skip);
        return new ClientReplies.TaskList(tasks, more);
    }

    /// <summary>A submission whose task is writing it to its journal.</summary>
    private sealed record Submission(TaskKey Key, Sha256 Request, List<IActorRef> Clients)
    {
        /// <summary>What another submission with the same task id is.</summary>
        public SubmissionKind Judge(TaskKey key, Sha256 request) =>
            Key == key && Request == request ? SubmissionKind.Repeated : SubmissionKind.KeyTaken;
    }

    /// <summary>Time to start a task's actor again.</summary>
    private sealed record StartAgain(TaskId Task) : INoSerializationVerificationNeeded;
}

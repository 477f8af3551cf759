using System.Collections.Immutable;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Coordination;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Coordination;

/// <summary>What the coordinator remembers beyond a restart: who the server is, and which tasks there are.</summary>
internal sealed record TaskLedger
{
    /// <summary>The ledger before the first event.</summary>
    public static TaskLedger None { get; } = new();

    /// <summary>The server's identity, or null before its first start.</summary>
    public ServerId? Server { get; init; }

    /// <summary>Every task that was ever accepted.</summary>
    public ImmutableDictionary<TaskId, LedgerEntry> Tasks { get; init; } = ImmutableDictionary<TaskId, LedgerEntry>.Empty;

    /// <summary>The ids of the tasks in the order of their acceptance.</summary>
    public ImmutableList<TaskId> Order { get; init; } = [];

    /// <summary>The valid results of ended tasks, by the conditions under which they may be used again; of two the later.</summary>
    public ImmutableDictionary<Sha256, CellId> Reusable { get; init; } = ImmutableDictionary<Sha256, CellId>.Empty;

    /// <summary>The ledger after one more event.</summary>
    public TaskLedger Apply(ICoordinatorEvent happened) => happened switch
    {
        CoordinatorEvents.ServerIdentified identified => this with { Server = identified.Server },
        CoordinatorEvents.TaskAccepted accepted => this with
        {
            Tasks = Tasks.SetItem(accepted.Task, new LedgerEntry(accepted.Key, accepted.Request, Order.Count, IsOpen: true)),
            Order = Order.Add(accepted.Task),
        },
        CoordinatorEvents.TaskClosed closed => this with
        {
            Tasks = Tasks.SetItem(closed.Task, Tasks[closed.Task] with { IsOpen = false }),
            Reusable = Reusable.SetItems(closed.Reusable.Select(result => KeyValuePair.Create(result.Conditions, result.Cell))),
        },
        _ => throw new ArgumentException($"{happened.GetType().Name} is no event of the coordinator", nameof(happened)),
    };

    /// <summary>What a submission means for the ledger.</summary>
    public SubmissionKind Judge(TaskKey key, Sha256 request) =>
        Tasks.GetValueOrDefault(TaskId.Of(key)) is not { } entry
            ? SubmissionKind.New
        : entry.Key == key && entry.Request == request ? SubmissionKind.Repeated
        : SubmissionKind.KeyTaken;

    /// <summary>What follows once a task has its submission in its own journal.</summary>
    public ICoordinatorEvent? Accept(TaskKey key, Sha256 request, DateTimeOffset now) =>
        Tasks.ContainsKey(TaskId.Of(key)) ? null : new CoordinatorEvents.TaskAccepted(key, TaskId.Of(key), request, now);

    /// <summary>What follows once a task has ended.</summary>
    public ICoordinatorEvent? Close(TaskId task, IReadOnlyList<ReusableResult> reusable, DateTimeOffset now) =>
        Tasks.GetValueOrDefault(task) is { IsOpen: true } ? new CoordinatorEvents.TaskClosed(task, now, reusable) : null;
}

/// <summary>A task in the ledger.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Request">The hash of its request.</param>
/// <param name="Place">Its place in the order of acceptance, from 0.</param>
/// <param name="IsOpen">Whether it has not ended.</param>
internal sealed record LedgerEntry(TaskKey Key, Sha256 Request, int Place, bool IsOpen);

/// <summary>What a submission is.</summary>
internal enum SubmissionKind
{
    /// <summary>Its key was never seen.</summary>
    New,

    /// <summary>The same was submitted before.</summary>
    Repeated,

    /// <summary>The key belongs to another request.</summary>
    KeyTaken,
}

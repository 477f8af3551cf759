using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Client;

/// <summary>A task as it stands, and what is new.</summary>
/// <param name="State">The task after all events so far.</param>
/// <param name="Events">The events since the last update.</param>
/// <param name="Progress">Where its running attempts are.</param>
public sealed record TaskUpdate(TaskState State, IReadOnlyList<NumberedEvent> Events, IReadOnlyList<CellProgress> Progress);

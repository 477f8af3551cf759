using EdgeBench.Messages.Tasks;

namespace EdgeBench.Messages.Clients;

/// <summary>An event with its number in the task's journal, from 1.</summary>
public sealed record NumberedEvent(long Number, ITaskEvent Event);

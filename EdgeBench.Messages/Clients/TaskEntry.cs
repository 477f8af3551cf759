using EdgeBench.Messages.Tasks;

namespace EdgeBench.Messages.Clients;

/// <summary>A task in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Key">Its key.</param>
/// <param name="IsOpen">Whether it has not ended.</param>
public sealed record TaskEntry(TaskId Id, TaskKey Key, bool IsOpen);

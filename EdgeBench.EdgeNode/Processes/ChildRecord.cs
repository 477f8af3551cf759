namespace EdgeBench.EdgeNode.Processes;

/// <summary>A child process as it is written to disk, so that a later edge node can end it if this one dies.</summary>
/// <param name="Attempt">The attempt that it belongs to.</param>
/// <param name="Pid">Its process id.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot: pids are used again, this tells one process from another.</param>
/// <param name="BootId">The boot that this was in.</param>
internal sealed record ChildRecord(string Attempt, int Pid, long StartTicks, string BootId);

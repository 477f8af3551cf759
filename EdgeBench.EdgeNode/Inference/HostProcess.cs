namespace EdgeBench.EdgeNode.Inference;

/// <summary>A process of a runner, as this host numbers it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="OwnControlGroup">
/// Whether it is in a control group of its own, as a container is, so that the group's figures are its own.
/// </param>
public sealed record HostProcess(int Id, bool OwnControlGroup);

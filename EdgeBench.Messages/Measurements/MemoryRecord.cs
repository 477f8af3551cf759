namespace EdgeBench.Messages.Measurements;

/// <summary>The memory that inference took, measured in a pass of its own so that it disturbs no timing.</summary>
/// <param name="ControlGroupPeak">
/// The peak of the container's control group in bytes, which counts the files that it brought into memory too; null with the reason in
/// <paramref name="Missing"/>.
/// </param>
/// <param name="ResidentPeak">The greatest resident memory of the evaluation program in bytes, or null where the system does not
/// tell.</param>
/// <param name="Missing">Why the control group's peak is not known and what to do, or null.</param>
/// <param name="IsSampled">
/// True where the kernel keeps no peak of control groups (version 2 before Linux 5.19), so that it is the greatest of some looks a second;
/// else null.
/// </param>
public sealed record MemoryRecord(long? ControlGroupPeak, long? ResidentPeak, string? Missing = null, bool? IsSampled = null);

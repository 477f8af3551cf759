using EdgeBench.Messages.Measurements;

namespace EdgeBench.Statistics.Latencies;

/// <summary>A timed run that stands out from those of its start. It is in all figures.</summary>
/// <param name="Run">Which timed run of the start, from 0.</param>
/// <param name="Nanoseconds">Its latency.</param>
/// <param name="Cause">What the device was seen to do meanwhile.</param>
public sealed record Outlier(int Run, long Nanoseconds, OutlierCause Cause);

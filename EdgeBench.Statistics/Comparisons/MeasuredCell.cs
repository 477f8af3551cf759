using EdgeBench.Messages.Measurements;

namespace EdgeBench.Statistics.Comparisons;

/// <summary>One side of a comparison.</summary>
/// <param name="Name">What to call it in sentences.</param>
/// <param name="Latency">Its figures.</param>
/// <param name="Verdict">Whether it may be quoted; null where nobody judged it.</param>
/// <param name="Fingerprint">All that can move its latency; null where that was not recorded.</param>
public sealed record MeasuredCell(string Name, LatencyStatistics Latency, Verdict? Verdict, Fingerprint? Fingerprint);

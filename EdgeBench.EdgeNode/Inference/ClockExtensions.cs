namespace EdgeBench.EdgeNode.Inference;

/// <summary>Durations as results hold them.</summary>
internal static class ClockExtensions
{
    /// <summary>The nanoseconds since a timestamp.</summary>
    public static long Nanoseconds(this TimeProvider time, long since) => (long)time.GetElapsedTime(since).TotalNanoseconds;
}

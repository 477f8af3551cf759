using System.Diagnostics;

namespace EdgeBench.Runner.Measuring;

/// <summary>Spans between two readings of <see cref="Stopwatch"/>.</summary>
internal static class Nanoseconds
{
    private const long PerSecond = 1_000_000_000;

    /// <summary>From one reading to a later one.</summary>
    public static long Between(long begin, long end) => (long)((Int128)(end - begin) * PerSecond / Stopwatch.Frequency);
}

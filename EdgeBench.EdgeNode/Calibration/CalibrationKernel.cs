using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.EdgeNode.Calibration;

/// <summary>
/// A fixed piece of arithmetic, the same on every device and in every release: eight chains of multiply-adds in registers beside a chain of
/// integer multiplications, about a millisecond. It touches no memory, so its time tells the clock, and who shares the core.
/// </summary>
internal static class CalibrationKernel
{
    private const int Iterations = 400_000;

    // Enough for a median that one interruption does not move.
    private const int Runs = 32;
    private const int LeastRunsOfACpu = 8;

    private static long _sink;

    /// <summary>Runs it some dozens of times, spread over the CPUs in turn.</summary>
    public static Task<CalibrationReading> RunAsync(CpuSet cpus, CancellationToken cancellation) =>
        ThreadAffinity.RunAsync(cpus, () => Run(cpus, cancellation), "calibration");

    private static CalibrationReading Run(CpuSet cpus, CancellationToken cancellation)
    {
        var times = new List<long>();
        var runsOfACpu = Math.Max(LeastRunsOfACpu, Runs / cpus.Count);
        foreach (var cpu in cpus.Cpus)
        {
            ThreadAffinity.TrySet(CpuSet.Of([cpu]));
            // Untimed: it moves the thread there, and wakes the clock up.
            Compute(Iterations);
            for (var run = 0; run < runsOfACpu; run++)
            {
                cancellation.ThrowIfCancellationRequested();
                var begin = Stopwatch.GetTimestamp();
                Compute(Iterations);
                times.Add((long)Stopwatch.GetElapsedTime(begin).TotalNanoseconds);
            }
        }

        times.Sort();
        return new CalibrationReading(times[0], (times[(times.Count - 1) / 2] + times[times.Count / 2]) / 2);
    }

    // Compiled in full at once: the first run is to be the same code as the last.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Compute(int iterations)
    {
        var factor = Vector128.Create(0.5f);
        var one = Vector128.Create(1f);
        Vector128<float> a = one, b = one, c = one, d = one, e = one, f = one, g = one, h = one;
        long whole = iterations;
        for (var i = 0; i < iterations; i++)
        {
            a = Vector128.MultiplyAddEstimate(a, factor, one);
            b = Vector128.MultiplyAddEstimate(b, factor, one);
            c = Vector128.MultiplyAddEstimate(c, factor, one);
            d = Vector128.MultiplyAddEstimate(d, factor, one);
            e = Vector128.MultiplyAddEstimate(e, factor, one);
            f = Vector128.MultiplyAddEstimate(f, factor, one);
            g = Vector128.MultiplyAddEstimate(g, factor, one);
            h = Vector128.MultiplyAddEstimate(h, factor, one);
            whole = (whole * 6364136223846793005) + i;
        }

        // Where anybody could see the results, they have to be computed.
        Volatile.Write(ref _sink, whole + (long)Vector128.Sum(a + b + c + d + e + f + g + h));
    }
}

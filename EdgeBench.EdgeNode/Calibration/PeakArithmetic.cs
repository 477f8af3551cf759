using System.Diagnostics;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Observation;

namespace EdgeBench.EdgeNode.Calibration;

/// <summary>
/// Measures the most arithmetic that CPUs can do: all threads run the same loop at once, each on a CPU of its own, and the best round of
/// each counts. What disturbs a round makes it slower and never faster, so the best one is nearest to what the hardware can do.
/// </summary>
internal static class PeakArithmetic
{
    private const int Rounds = 30;
    private const int Tries = 5;
    private static readonly TimeSpan ShortestRound = TimeSpan.FromMilliseconds(2);

    /// <summary>Measures all loops, and takes the fastest.</summary>
    /// <param name="loops">The loops; at least one.</param>
    /// <param name="cpus">A CPU for each thread.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<ArithmeticPeak> MeasureAsync(
        IReadOnlyList<MultiplyAddLoop> loops, IReadOnlyList<int> cpus, CancellationToken cancellation)
    {
        var peaks = new List<ArithmeticPeak>();
        foreach (var loop in loops)
        {
            peaks.Add(await MeasureAsync(loop, cpus, cancellation).ConfigureAwait(false));
        }

        return peaks.MaxBy(peak => peak.OperationsPerSecond)!;
    }

    private static async Task<ArithmeticPeak> MeasureAsync(MultiplyAddLoop loop, IReadOnlyList<int> cpus, CancellationToken cancellation)
    {
        using var barrier = new Barrier(cpus.Count);
        var rates = await Task.WhenAll(cpus.Select(cpu => ThreadAffinity.RunAsync(
            CpuSet.Of([cpu]), () => BestRate(loop, barrier, cancellation), "peak arithmetic"))).ConfigureAwait(false);
        var threads = cpus.Count == 1 ? "1 thread" : $"{cpus.Count} threads";
        return new ArithmeticPeak(rates.Sum(), $"measured: {loop.Name}, {threads}");
    }

    private static double BestRate(MultiplyAddLoop loop, Barrier barrier, CancellationToken cancellation)
    {
        var iterations = IterationsOfARound(loop);
        var best = 0.0;
        for (var round = 0; round < Rounds; round++)
        {
            // All at once, as they share what the package may draw, and cores share their pipes.
            barrier.SignalAndWait(cancellation);
            best = Math.Max(best, iterations * (double)loop.OperationsPerIteration / Time(loop, iterations).TotalSeconds);
        }

        return best;
    }

    // By the shortest of some tries: one that was interrupted would make rounds so short that the clock's grain made the rate.
    private static int IterationsOfARound(MultiplyAddLoop loop)
    {
        var iterations = 1 << 10;
        while (iterations < 1 << 28 && Enumerable.Range(0, Tries).Min(_ => Time(loop, iterations)) < ShortestRound)
        {
            iterations *= 2;
        }

        return iterations;
    }

    private static TimeSpan Time(MultiplyAddLoop loop, int iterations)
    {
        var begin = Stopwatch.GetTimestamp();
        loop.Run(iterations);
        return Stopwatch.GetElapsedTime(begin);
    }
}

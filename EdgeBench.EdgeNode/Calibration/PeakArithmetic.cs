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
    // A neighbour on the same core, or another guest of a virtual machine's host, stays for up to a second; so the rounds come in bursts
    // over a longer time. A burst is long enough for the clock to rise.
    private const int Bursts = 10;
    private const int RoundsOfABurst = 15;
    private const int Tries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortestRound = TimeSpan.FromMilliseconds(2);

    /// <summary>Measures loops, which takes about two seconds.</summary>
    /// <param name="loops">The loops.</param>
    /// <param name="cpus">A CPU for each thread.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The peak of each loop, in their order.</returns>
    public static async Task<IReadOnlyList<ArithmeticPeak>> MeasureAsync(
        IReadOnlyList<MultiplyAddLoop> loops, IReadOnlyList<int> cpus, CancellationToken cancellation)
    {
        using var barrier = new Barrier(cpus.Count);
        var rates = await Task.WhenAll(cpus.Select(cpu => ThreadAffinity.RunAsync(
            CpuSet.Of([cpu]), () => BestRates(loops, barrier, cancellation), "peak arithmetic"))).ConfigureAwait(false);
        var threads = cpus.Count == 1 ? "1 thread" : $"{cpus.Count} threads";
        return
        [
            .. loops.Select((loop, index) =>
                new ArithmeticPeak(rates.Sum(thread => thread[index]), $"measured: {loop.Name}, {threads}")),
        ];
    }

    private static double[] BestRates(IReadOnlyList<MultiplyAddLoop> loops, Barrier barrier, CancellationToken cancellation)
    {
        var iterations = loops.Select(IterationsOfARound).ToArray();
        var best = new double[loops.Count];
        for (var burst = 0; burst < Bursts; burst++)
        {
            for (var index = 0; index < loops.Count; index++)
            {
                for (var round = 0; round < RoundsOfABurst; round++)
                {
                    // All at once, as they share what the package may draw, and cores share their pipes.
                    barrier.SignalAndWait(cancellation);
                    var seconds = Time(loops[index], iterations[index]).TotalSeconds;
                    best[index] = Math.Max(best[index], iterations[index] * (double)loops[index].OperationsPerIteration / seconds);
                }
            }

            cancellation.WaitHandle.WaitOne(Pause);
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

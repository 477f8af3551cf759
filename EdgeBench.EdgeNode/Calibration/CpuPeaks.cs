using System.Globalization;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Observation;

namespace EdgeBench.EdgeNode.Calibration;

/// <summary>
/// The most arithmetic that this machine's CPUs can do by type of number and number of threads. Each is measured once a boot, and kept in
/// the data folder for as long as the machine's fingerprint is the same.
/// </summary>
/// <param name="tree">The machine.</param>
/// <param name="store">Where they are kept.</param>
internal sealed class CpuPeaks(SystemTree tree, PeakStore store) : IDisposable
{
    private const string CpuFolder = "sys/devices/system/cpu";

    // What instructions that this program cannot issue itself do more than fp32 in the same units, by the processor's flags; the makers'
    // manuals of the instruction sets. Integers: dot products of four (VNNI, dotprod), of eight (i8mm), tiles (AMX: 1024 multiply-adds a
    // cycle beside 32 of fp32). Half precision: twice the lanes.
    private static readonly (NumberType Type, string Flag, double Factor)[] Beyond =
    [
        (NumberType.Int8, "avx512_vnni", 4),
        (NumberType.Int8, "asimddp", 4),
        (NumberType.Int8, "i8mm", 8),
        (NumberType.Int8, "svei8mm", 8),
        (NumberType.Int8, "amx_int8", 32),
        (NumberType.Float16, "avx512_fp16", 2),
        (NumberType.Float16, "asimdhp", 2),
        (NumberType.Float16, "amx_fp16", 16),
    ];

    private readonly SemaphoreSlim _oneAtATime = new(1);

    /// <summary>The peak of a number of threads on the given CPUs; those that reach the highest clock are taken.</summary>
    /// <param name="type">The type of the numbers.</param>
    /// <param name="cpus">The CPUs that may be used.</param>
    /// <param name="threads">The threads; at least 1.</param>
    /// <param name="fingerprint">The hash of the machine's fingerprint, under which it is kept.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<ArithmeticPeak> GetAsync(
        NumberType type, CpuSet cpus, int threads, string fingerprint, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        await _oneAtATime.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var chosen = Fastest(cpus, threads);
            var known = store.Read(fingerprint);
            if (known.Find(type, chosen) is { } peak)
            {
                return peak;
            }

            peak = await MeasureAsync(type, chosen, cancellation).ConfigureAwait(false);
            store.Write(known.With(type, chosen, peak));
            return peak;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private async Task<ArithmeticPeak> MeasureAsync(NumberType type, CpuSet chosen, CancellationToken cancellation)
    {
        // Half precision without units of its own is computed as single.
        MultiplyAddLoop[] loops = [.. MultiplyAddLoops.Float32, .. type == NumberType.Int8 ? MultiplyAddLoops.Int8 : []];
        var measured = await PeakArithmetic.MeasureAsync(loops, [.. chosen.Cpus], cancellation).ConfigureAwait(false);
        var single = Greatest(measured.Take(MultiplyAddLoops.Float32.Count));
        if (type == NumberType.Float32)
        {
            return single;
        }

        var flags = new Processor(tree).ArithmeticFlags().Value?.Split(' ') ?? [];
        var beyond = Beyond.Where(entry => entry.Type == type && flags.Contains(entry.Flag))
            .Select(entry => new ArithmeticPeak(
                single.OperationsPerSecond * entry.Factor,
                string.Create(CultureInfo.InvariantCulture, $"{single.Source}, x {entry.Factor} for {entry.Flag}")));
        return Greatest(beyond.Concat(type == NumberType.Int8 ? measured.Skip(MultiplyAddLoops.Float32.Count) : [single]));
    }

    private static ArithmeticPeak Greatest(IEnumerable<ArithmeticPeak> peaks) => peaks.MaxBy(peak => peak.OperationsPerSecond)!;

    // A scheduler may put threads where they are fastest, so what cannot be exceeded is the peak of the fastest CPUs; a core once before
    // a core twice.
    private CpuSet Fastest(CpuSet cpus, int threads)
    {
        var ordered = from cpu in cpus.Cpus
                      let siblings = tree.Cpus($"{CpuFolder}/cpu{cpu}/topology/thread_siblings_list").Value?.Cpus ?? [cpu]
                      orderby siblings.TakeWhile(sibling => sibling != cpu).Count(), HighestClock(cpu) descending, cpu
                      select cpu;
        return CpuSet.Of(ordered.Take(threads));
    }

    private long HighestClock(int cpu) => tree.Number($"{CpuFolder}/cpu{cpu}/cpufreq/cpuinfo_max_freq").Value?.Value ?? 0;
}

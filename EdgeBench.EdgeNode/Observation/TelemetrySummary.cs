using EdgeBench.EdgeNode.Facts;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.EdgeNode.Observation;

/// <summary>What single looks come to.</summary>
/// <param name="clocks">The clocks that were looked at.</param>
/// <param name="zones">The zones that were looked at.</param>
internal sealed class TelemetrySummary(IReadOnlyList<ObservedClock> clocks, IReadOnlyList<string> zones)
{
    // A thread that used less of the observed time slept; it is no thread that the runtime computed with.
    private const double LeastOfTheTime = 0.01;

    /// <summary>The telemetry of a time, by its looks in their order: at least one.</summary>
    public Telemetry Of(IReadOnlyList<Look> looks)
    {
        var (first, last) = (looks[0], looks[^1]);
        var time = last.At - first.At;
        var (begin, end) = RunnerSpan(looks);
        return new Telemetry
        {
            Nanoseconds = time,
            Clocks = [.. clocks.Select((clock, index) => ClockOf(clock, index, looks))],
            Temperatures =
            [
                .. zones.Select((zone, index) =>
                    new TemperatureReading(zone, first.Celsius[index], looks.Max(look => look.Celsius[index]))),
            ],
            Throttling = ThrottlingOf(looks),
            QuotaThrottledPeriods = end?.Runner?.QuotaThrottledPeriods - begin?.Runner?.QuotaThrottledPeriods,
            OtherLoad = OtherLoad(begin, end),
            Steal = Steal(first, last),
            CpuPressure = time > 0 ? Share((last.CpuPressure - first.CpuPressure) * 1_000, time) : null,
            CpuWait = Share(end?.Runner?.Waiting - begin?.Runner?.Waiting, (end?.At - begin?.At) ?? 0),
            VoluntarySwitches = end?.Runner?.VoluntarySwitches - begin?.Runner?.VoluntarySwitches,
            InvoluntarySwitches = end?.Runner?.InvoluntarySwitches - begin?.Runner?.InvoluntarySwitches,
            MajorFaults = end?.Runner?.MajorFaults - begin?.Runner?.MajorFaults,
        };
    }

    /// <summary>The single looks as they are kept.</summary>
    /// <param name="looks">The looks in their order.</param>
    /// <param name="begin">The moment from which they are counted.</param>
    public static IReadOnlyList<TelemetrySample> Samples(IReadOnlyList<Look> looks, long begin) =>
    [
        .. looks.Select((look, index) => new TelemetrySample(
            (look.At - begin) / 1e6,
            look.Runs,
            look.Kilohertz,
            look.Celsius,
            index > 0 ? OtherLoad(looks[index - 1], look) : null,
            index > 0 ? Steal(looks[index - 1], look) : null)),
    ];

    /// <summary>The threads that computed, the CPUs that they were seen on, and how many CPUs the whole program used.</summary>
    public static (int? Threads, string? Cpus, double? CpusUsed) Effective(IReadOnlyList<Look> looks)
    {
        var (begin, end) = RunnerSpan(looks);
        if (begin?.Runner is not { } before || end?.Runner is not { } after || end.At <= begin.At)
        {
            return (null, null, null);
        }

        var time = end.At - begin.At;
        var earlier = before.Threads.ToDictionary(thread => thread.Id, thread => thread.Cpu);
        var computing = after.Threads
            .Where(thread => thread.Cpu - earlier.GetValueOrDefault(thread.Id) >= time * LeastOfTheTime)
            .Select(thread => thread.Id)
            .ToHashSet();
        // Where a thread was when the time began is where it was before.
        var seen = looks.SkipWhile(look => look != begin).Skip(1).Where(look => look.Runner is not null)
            .SelectMany(look => look.Runner!.Threads)
            .Where(thread => computing.Contains(thread.Id))
            .Select(thread => thread.On)
            .ToHashSet();
        return (computing.Count, seen.Count > 0 ? CpuSet.Of(seen).ToString() : null, (after.Cpu - before.Cpu) / (double)time);
    }

    /// <summary>The memory of the evaluation program by all looks.</summary>
    /// <param name="looks">The looks.</param>
    /// <param name="missing">Why its control group has no figure, or null.</param>
    public static MemoryRecord Memory(IReadOnlyList<Look> looks, string? missing)
    {
        var usages = looks.Select(look => look.Runner).OfType<RunnerUsage>().ToList();
        var peak = usages.Max(usage => usage.MemoryPeak);
        var sampled = peak is null ? usages.Max(usage => usage.MemoryNow) : null;
        return new MemoryRecord(
            peak ?? sampled,
            usages.Max(usage => usage.ResidentPeak),
            peak is not null || sampled is not null ? null
                : missing ?? "the evaluation program ended before its control group could be read",
            IsSampled: sampled is not null ? true : null);
    }

    // From the first to the last look at the evaluation program: it may have ended before the last of all.
    private static (Look? Begin, Look? End) RunnerSpan(IReadOnlyList<Look> looks) =>
        (looks.FirstOrDefault(look => look.Runner is not null), looks.LastOrDefault(look => look.Runner is not null));

    private static double? OtherLoad(Look? begin, Look? end) =>
        begin?.Runner is { } before && end?.Runner is { } after && begin.Cpus is { } then && end.Cpus is { } now && end.At > begin.At
            // The system counts in hundredths of a second, so that the difference may come out below nothing.
            ? Math.Max(0, (now.Busy - then.Busy - (after.Cpu - before.Cpu)) / (double)(end.At - begin.At))
            : null;

    private static double? Steal(Look begin, Look end) =>
        begin.Cpus is { } then && end.Cpus is { } now ? Share(now.Steal - then.Steal, now.Total - then.Total) : null;

    private static double? Share(long? part, long whole) => whole > 0 ? part / (double)whole : null;

    private static ClockReading ClockOf(ObservedClock clock, int index, IReadOnlyList<Look> looks)
    {
        var seen = looks.Select(look => look.Kilohertz[index]).Where(kilohertz => kilohertz > 0).DefaultIfEmpty(0).ToList();
        var states = looks[0].TimeInState[index] is { } before && looks[^1].TimeInState[index] is { } after
            ? after.Select(state => (Kilohertz: state.Key, Time: state.Value - before.GetValueOrDefault(state.Key)))
                .Where(state => state.Time > 0)
                .ToList()
            : [];
        return states.Count == 0
            ? new ClockReading(clock.Cpus.ToString(), seen.Min(), seen.Average(), seen.Max(), clock.Limit)
            : new ClockReading(
                clock.Cpus.ToString(),
                Math.Min(seen.Min(), states.Min(state => state.Kilohertz)),
                states.Sum(state => (double)state.Kilohertz * state.Time) / states.Sum(state => state.Time),
                Math.Max(seen.Max(), states.Max(state => state.Kilohertz)),
                clock.Limit);
    }

    private static IReadOnlyList<string> ThrottlingOf(IReadOnlyList<Look> looks)
    {
        var now = looks.Select(look => look.ThrottleBits).OfType<uint>().SelectMany(bits => new Throttling(bits).Now);
        var newly = looks[0].ThrottleBits is { } before && looks[^1].ThrottleBits is { } after
            ? new Throttling(after).Occurred.Except(new Throttling(before).Occurred)
            : [];
        // Counters speak by rising; a cap or an alarm by being there.
        var risen = looks[^1].Throttles
            .Where(entry => entry.Value > looks[0].Throttles.GetValueOrDefault(entry.Key))
            .Select(entry => entry.Key);
        var there = looks.SelectMany(look => look.Throttles)
            .Where(entry => entry is { Key: "thermal-cap" or "under-voltage", Value: > 0 })
            .Select(entry => entry.Key);
        return [.. now.Concat(newly).Concat(risen).Concat(there).Distinct()];
    }
}

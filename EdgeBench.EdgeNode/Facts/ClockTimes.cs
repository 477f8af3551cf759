using System.Globalization;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>How long a clock has been at each of its frequencies, as the kernel counts it.</summary>
/// <param name="Name">The policy or the CPU that the clock is of: the name of its folder.</param>
/// <param name="Ticks">Hundredths of a second by the frequency in kilohertz.</param>
internal sealed record ClockTimes(string Name, IReadOnlyDictionary<long, long> Ticks)
{
    /// <summary>Reads those of all clocks.</summary>
    public static Fact<IReadOnlyList<ClockTimes>> ReadAll(SystemTree tree)
    {
        var times = ClockDomain.ReadAll(tree).SelectMany(clock => clock.Policies).Select(policy => Read(tree, policy)).ToList();
        return times.Find(time => !time.IsKnown) is { } missing ? Fact.Missing<IReadOnlyList<ClockTimes>>(missing.MissingBecause!)
            : times.Count == 0 ? Fact.Missing<IReadOnlyList<ClockTimes>>("this kernel does not set the clock of the CPUs")
            : Fact.Known<IReadOnlyList<ClockTimes>>([.. times.Select(time => time.Value!)]);
    }

    /// <summary>Reads that of one policy.</summary>
    public static Fact<ClockTimes> Read(SystemTree tree, string policy)
    {
        var text = tree.Text($"{policy}/stats/time_in_state");
        if (!text.IsKnown)
        {
            return Fact.Missing<ClockTimes>(text.MissingBecause);
        }

        var ticks = new Dictionary<long, long>();
        foreach (var line in text.Value.Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var frequency, var time]
                || !long.TryParse(frequency, CultureInfo.InvariantCulture, out var kilohertz)
                || !long.TryParse(time, CultureInfo.InvariantCulture, out var count))
            {
                return Fact.Missing<ClockTimes>($"/{policy}/stats/time_in_state holds '{line}', which is no frequency with its time");
            }

            ticks[kilohertz] = count;
        }

        return Fact.Known(new ClockTimes(policy.Replace("/cpufreq", "", StringComparison.Ordinal).Split('/')[^1], ticks));
    }
}

using System.Diagnostics;
using System.Globalization;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.EdgeNode.Observation;

/// <summary>
/// Looks at the machine while something is measured on it. What there is to look at is found once, so that a look is no more than reading
/// a dozen small files.
/// </summary>
internal sealed class MachineReader
{
    private const long NanosecondsOfATick = 10_000_000;
    private const double MillidegreesOfADegree = 1000;

    private readonly SystemTree _tree;
    private readonly CpuSet _cpus;
    private readonly string? _throttleBits;
    private readonly IReadOnlyList<(string Kind, string File)> _throttles;
    private readonly IReadOnlyList<ThermalZone> _zones;
    private readonly List<NamedFact> _missing = [];

    /// <param name="tree">The machine.</param>
    /// <param name="cpus">The CPUs that are measured.</param>
    public MachineReader(SystemTree tree, CpuSet cpus)
    {
        (_tree, _cpus) = (tree, cpus);
        Clocks = FindClocks();
        _zones = FindZones();
        _throttleBits = Throttling.FileOf(tree);
        _throttles = [.. FindThrottles()];
        if (_throttleBits is null && _throttles.Count == 0)
        {
            _missing.Add(new NamedFact("throttling", null, "no firmware or driver of this machine tells"));
        }

        foreach (var (name, file) in (ReadOnlySpan<(string, string)>)[("load", "proc/stat"), ("pressure", "proc/pressure/cpu")])
        {
            if (tree.Text(file) is { IsKnown: false } absent)
            {
                _missing.Add(new NamedFact(name, null, absent.MissingBecause));
            }
        }
    }

    /// <summary>The clocks that are looked at.</summary>
    public IReadOnlyList<ObservedClock> Clocks { get; }

    /// <summary>The names of the zones whose temperatures are looked at.</summary>
    public IReadOnlyList<string> Zones => [.. _zones.Select(zone => zone.Name)];

    /// <summary>What this machine cannot tell, and why.</summary>
    public IReadOnlyList<NamedFact> Missing => _missing;

    /// <summary>Looks.</summary>
    /// <param name="runner">The evaluation program, or null where it is not known.</param>
    /// <param name="runs">The timed runs that have ended.</param>
    public Look Look(RunnerReader? runner, int runs)
    {
        // The two that are compared with each other right after one another.
        var usage = runner?.Read();
        var cpus = ReadCpus();
        return new Look
        {
            At = (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds,
            Runs = runs,
            Runner = usage,
            Cpus = cpus,
            Kilohertz = [.. Clocks.Select(ReadClock)],
            TimeInState = [.. Clocks.Select(ReadStates)],
            Celsius = [.. _zones.Select(zone => (zone.Temperature(_tree).Value?.Value ?? 0) / MillidegreesOfADegree)],
            CpuPressure = ReadPressure(),
            ThrottleBits = _throttleBits is null ? null : Throttling.Parse(_tree.Text(_throttleBits)).Value?.Bits,
            Throttles = ReadThrottles(),
        };
    }

    private long ReadClock(ObservedClock clock) =>
        clock.Policies.Max(policy => _tree.Number($"{policy}/scaling_cur_freq").Value?.Value ?? 0);

    // CPUs with a clock each have as many of these; their mean would say nothing of each.
    private IReadOnlyDictionary<long, long>? ReadStates(ObservedClock clock) =>
        clock.Policies.Count == 1 ? ClockTimes.Read(_tree, clock.Policies[0]).Value?.Ticks : null;

    private List<ObservedClock> FindClocks()
    {
        var domains = ClockDomain.ReadAll(_tree);
        if (domains.All(domain => domain.Policies.Count == 0))
        {
            _missing.Add(new NamedFact("clock", null, domains[0].Now.MissingBecause));
            return [];
        }

        var clocks = from domain in domains
                     let measured = domain.Cpus.Value is { } all ? all.Cpus.Intersect(_cpus.Cpus).ToList() : [.. _cpus.Cpus]
                     where measured.Count > 0 && domain.Now.IsKnown
                     select new ObservedClock(CpuSet.Of(measured), Measured(domain, measured), domain.HardwareMaximum.Value?.Value);
        var found = clocks.ToList();
        if (found.Count == 0)
        {
            _missing.Add(new NamedFact(
                "clock", null, domains[0].Now.MissingBecause ?? "no clock is known to be that of the measured CPUs"));
        }

        return found;
    }

    // Of CPUs with a clock each, those that are measured.
    private static IReadOnlyList<string> Measured(ClockDomain domain, IReadOnlyList<int> cpus) => domain.Policies.Count == 1
        ? domain.Policies
        : [.. domain.Cpus.Value!.Cpus.Zip(domain.Policies).Where(clock => cpus.Contains(clock.First)).Select(clock => clock.Second)];

    private List<ThermalZone> FindZones()
    {
        var all = ThermalZone.ReadAll(_tree);
        if (all.Count == 0)
        {
            _missing.Add(new NamedFact("temperature", null, "there is no zone in /sys/class/thermal"));
        }

        var readable = new List<ThermalZone>();
        foreach (var zone in all)
        {
            if (zone.Temperature(_tree) is { IsKnown: false } absent)
            {
                _missing.Add(new NamedFact($"temperature.{zone.Name}", null, absent.MissingBecause));
            }
            else
            {
                readable.Add(zone);
            }
        }

        return readable;
    }

    private IEnumerable<(string Kind, string File)> FindThrottles()
    {
        var counters = _cpus.Cpus.SelectMany(cpu => _tree.Files($"sys/devices/system/cpu/cpu{cpu}/thermal_throttle", "*_throttle_count"))
            .Select(file => ("thermal-throttle", file));
        var capped = _tree.Folders("sys/class/thermal", "cooling_device*")
            .Where(device => _tree.Text($"{device}/type").Value is { } type
                && (type.Contains("cpufreq", StringComparison.OrdinalIgnoreCase) || type.Contains("Processor", StringComparison.Ordinal)))
            .Select(device => ("thermal-cap", $"{device}/cur_state"));
        var monitors = _tree.Folders("sys/class/hwmon", "hwmon*");
        var currents = monitors.Where(monitor => _tree.Text($"{monitor}/name").Value == "soctherm_oc")
            .SelectMany(monitor => _tree.Files(monitor, "oc*_event_cnt"))
            .Select(file => ("over-current", file));
        var voltages = monitors.Where(monitor => _tree.Text($"{monitor}/name").Value == "rpi_volt")
            .Select(monitor => ("under-voltage", $"{monitor}/in0_lcrit_alarm"));
        return counters.Concat(capped).Concat(currents).Concat(voltages);
    }

    private Dictionary<string, long> ReadThrottles()
    {
        var values = new Dictionary<string, long>();
        foreach (var (kind, file) in _throttles)
        {
            values[kind] = values.GetValueOrDefault(kind) + (_tree.Number(file).Value?.Value ?? 0);
        }

        return values;
    }

    private CpuTimes? ReadCpus()
    {
        if (_tree.Text("proc/stat").Value is not { } text)
        {
            return null;
        }

        long busy = 0, steal = 0, total = 0;
        foreach (var line in text.Split('\n'))
        {
            if (!line.StartsWith("cpu", StringComparison.Ordinal) || line.StartsWith("cpu ", StringComparison.Ordinal))
            {
                continue;
            }

            // user nice system idle iowait irq softirq steal; guests are in user already. Old kernels end early.
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var times = fields.Skip(1).Take(8).Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
            if (times.Length < 7 || !_cpus.Cpus.Contains(int.Parse(fields[0].AsSpan(3), CultureInfo.InvariantCulture)))
            {
                continue;
            }

            var stolen = times.Length > 7 ? times[7] : 0;
            busy += times[0] + times[1] + times[2] + times[5] + times[6];
            steal += stolen;
            total += times.Sum();
        }

        return new CpuTimes(busy * NanosecondsOfATick, steal * NanosecondsOfATick, total * NanosecondsOfATick);
    }

    // some avg10=0.00 avg60=0.00 avg300=0.00 total=12345
    private long? ReadPressure() =>
        _tree.Text("proc/pressure/cpu").Value?.Split('\n')[0].Split("total=") is [_, var total]
        && long.TryParse(total, CultureInfo.InvariantCulture, out var microseconds)
            ? microseconds
            : null;
}

/// <summary>A clock of measured CPUs.</summary>
/// <param name="Cpus">The measured CPUs that it is of.</param>
/// <param name="Policies">Where it is read.</param>
/// <param name="Limit">The highest that the hardware has, in kilohertz.</param>
internal sealed record ObservedClock(CpuSet Cpus, IReadOnlyList<string> Policies, long? Limit);

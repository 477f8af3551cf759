using System.Text.Json;
using EdgeBench.EdgeNode.Facts;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>
/// A recorded tree of a board, and what our readers find in it: an entry for each field that an <c>expected.json</c> may have.
/// </summary>
internal sealed class RecordedBoard
{
    private readonly SystemTree _tree;
    private readonly IBoardTools _tools;
    private readonly Processor _processor;
    private readonly Kernel _kernel;
    private readonly Jetson _jetson;
    private readonly IReadOnlyList<ClockDomain> _clocks;

    public RecordedBoard(string root, string commands)
    {
        (_tree, _tools) = (new SystemTree(root), new RecordedTools(commands));
        (_processor, _kernel, _jetson) = (new Processor(_tree), new Kernel(_tree), new Jetson(_tree, _tools));
        _clocks = ClockDomain.ReadAll(_tree);
        Fields = new()
        {
            ["boardModel"] = () => Of(Board.Model(_tree)),
            ["soc"] = () => Of(Board.SystemOnChip(_tree)),
            ["cpuModels"] = () => Of(CpuModel.Read(_tree)),
            ["cpuIds"] = () => Of(_processor.Identities(), identities => identities.Select(IdentityOf).ToList()),
            ["coreCount"] = () => Of(_processor.Online(), online => online.Count),
            ["physicalCoreCount"] = () => Of(_processor.CoreCount(), cores => cores.Value),
            ["clusters"] = () => new Found(_clocks.Select(ClockOf).ToList(), null),
            ["coreClusters"] = () => Of(_processor.Clusters(), clusters => clusters.Select(cluster => cluster.ToString()).ToList()),
            ["maxFreqKHz"] = Greatest,
            ["governor"] = () => Of(_clocks[0].Governor),
            ["caches"] = () => Of(_processor.Caches()),
            ["timeInState"] = () => Of(
                ClockTimes.ReadAll(_tree),
                times => times.ToDictionary(
                    time => time.Name, time => time.Ticks.ToDictionary(state => $"{state.Key}", state => state.Value))),
            ["memTotalKiB"] = () => Of(_kernel.TotalMemory(), memory => memory.Bytes / 1024),
            ["kernel"] = () => Of(_kernel.Release()),
            ["osName"] = () => Of(_kernel.Distribution("NAME")),
            ["osVersion"] = () => Of(_kernel.Distribution("VERSION_ID")),
            ["l4t"] = () => Of(_jetson.Release()),
            ["jetpack"] = () => Of(_jetson.JetPack()),
            ["powerMode"] = () => Of(_jetson.PowerMode(), ModeOf),
            ["throttled"] = () => Of(Throttling.Read(_tree, _tools), ThrottlingOf),
            ["underVoltageAlarm"] = () => Of(Throttling.UnderVoltageAlarm(_tree), alarm => alarm.Value != 0),
            ["thermalZones"] = Temperatures,
            ["gpu"] = () => Of(GpuClock.Read(_tree), GpuOf),
            ["powerRails"] = () => Of(PowerRail.ReadAll(_tree), RailsOf),
            ["pmicRails"] = () => Of(PowerRail.ReadPmic(_tree, _tools), RailsOf),
            ["totalPowerRail"] = () => Of(PowerRail.Total(PowerRail.ReadAll(_tree))),
            ["energyCounters"] = () => Of(EnergyCounter.ReadAll(_tree), CountersOf),
        };
    }

    /// <summary>What is found for a field of <c>expected.json</c>.</summary>
    public Dictionary<string, Func<Found>> Fields { get; }

    /// <summary>What a command's output means, by the command that the file's name begins with.</summary>
    public static object? Meaning(string file, string output) =>
        file.StartsWith("nvpmodel_-q", StringComparison.Ordinal) ? Of(PowerMode.Parse(Fact.Known(output)), ModeOf).Value
        : file.StartsWith("vcgencmd_get_throttled", StringComparison.Ordinal) ? Of(Throttling.Parse(Fact.Known(output)), ThrottlingOf).Value
        : throw new ArgumentException($"no reader for the output of {file}");

    /// <summary>A value in the words of <c>expected.json</c>, or why there is none.</summary>
    public sealed record Found(object? Value, string? Because)
    {
        public JsonElement Json => JsonSerializer.SerializeToElement(Value);
    }

    private static Found Of<T>(Fact<T> fact, Func<T, object>? value = null)
        where T : class => new(fact.IsKnown ? value is null ? fact.Value : value(fact.Value) : null, fact.MissingBecause);

    private static Dictionary<string, object> IdentityOf(CpuIdentity identity) => identity switch
    {
        CpuIdentity.Arm arm => new()
        {
            ["implementer"] = arm.Implementer,
            ["part"] = arm.Part,
            ["variant"] = arm.Variant,
            ["revision"] = arm.Revision,
        },
        CpuIdentity.X86 x86 => new() { ["vendor"] = x86.Vendor, ["family"] = x86.Family, ["model"] = x86.Model },
        _ => throw new InvalidOperationException(),
    };

    private static Dictionary<string, object?> ClockOf(ClockDomain clock) => new()
    {
        ["cpus"] = clock.Cpus.Value?.ToString(),
        ["minFreqKHz"] = clock.HardwareMinimum.Value?.Value,
        ["maxFreqKHz"] = clock.HardwareMaximum.Value?.Value,
        ["governor"] = clock.Governor.Value,
        ["curFreqKHz"] = clock.Now.Value?.Value,
        ["limitFreqKHz"] = clock.UpperLimit.Value?.Value < clock.HardwareMaximum.Value?.Value ? clock.UpperLimit.Value.Value : null,
    };

    private static Dictionary<string, object> ModeOf(PowerMode mode) => new() { ["name"] = mode.Name, ["id"] = mode.Id };

    private static Dictionary<string, object> ThrottlingOf(Throttling throttling) => new()
    {
        ["raw"] = $"0x{throttling.Bits:x}",
        ["underVoltageNow"] = throttling.Now.Contains("under-voltage"),
        ["frequencyCappedNow"] = throttling.Now.Contains("frequency-capped"),
        ["throttledNow"] = throttling.Now.Contains("throttled"),
        ["softTempLimitNow"] = throttling.Now.Contains("soft-temperature-limit"),
        ["underVoltageOccurred"] = throttling.Occurred.Contains("under-voltage"),
        ["frequencyCappedOccurred"] = throttling.Occurred.Contains("frequency-capped"),
        ["throttlingOccurred"] = throttling.Occurred.Contains("throttled"),
        ["softTempLimitOccurred"] = throttling.Occurred.Contains("soft-temperature-limit"),
    };

    private static Dictionary<string, object?> GpuOf(GpuClock gpu) => new()
    {
        ["device"] = gpu.Device,
        ["curFreqHz"] = gpu.Now.Value?.Value,
        ["minFreqHz"] = gpu.Minimum.Value?.Value,
        ["maxFreqHz"] = gpu.Maximum.Value?.Value,
        ["governor"] = gpu.Governor.Value,
        ["loadPermille"] = gpu.Load.Value?.Value,
    };

    private static Dictionary<string, Dictionary<string, double?>> RailsOf(IReadOnlyList<PowerRail> rails) => rails.ToDictionary(
        rail => rail.Name,
        rail => new Dictionary<string, double?> { ["mV"] = rail.Millivolts, ["mA"] = rail.Milliamperes, ["mW"] = rail.Milliwatts });

    private static Dictionary<string, Dictionary<string, long?>> CountersOf(IReadOnlyList<EnergyCounter> counters) => counters.ToDictionary(
        counter => counter.Name,
        counter => new Dictionary<string, long?>
        {
            ["energyMicroJoule"] = counter.Microjoules.Value?.Value,
            ["maxEnergyRangeMicroJoule"] = counter.Range.Value?.Value,
        });

    private Found Greatest() => _clocks.Max(clock => clock.HardwareMaximum.Value?.Value) is { } greatest
        ? new Found(greatest, null)
        : new Found(null, _clocks[0].HardwareMaximum.MissingBecause);

    private Found Temperatures()
    {
        var zones = ThermalZone.ReadAll(_tree).Select(zone => (zone.Name, Temperature: zone.Temperature(_tree))).ToList();
        var missing = zones.Where(zone => !zone.Temperature.IsKnown).Select(zone => $"{zone.Name}: {zone.Temperature.MissingBecause}");
        return new Found(zones.ToDictionary(zone => zone.Name, zone => zone.Temperature.Value?.Value), string.Join("; ", missing));
    }
}

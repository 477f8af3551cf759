using System.Globalization;
using EdgeBench.EdgeNode.Containers;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>
/// The machine's part of a fingerprint: what can move a latency and holds still. Clocks, temperatures and loads of the moment are no part
/// of it. <c>docs/machine.md</c> lists the names.
/// </summary>
internal sealed class HostFingerprint
{
    private const long Mebibyte = 1 << 20;

    private readonly SystemTree _tree;
    private readonly IBoardTools _tools;
    private readonly List<NamedFact> _facts = [];

    private HostFingerprint(SystemTree tree, IBoardTools tools) => (_tree, _tools) = (tree, tools);

    /// <summary>Reads everything anew.</summary>
    /// <param name="root">The folder that stands for <c>/</c>.</param>
    /// <param name="tools">The programs of the board's maker.</param>
    /// <param name="engine">The container engine, or null where none is used.</param>
    public static IReadOnlyList<NamedFact> Read(string root, IBoardTools tools, EngineFacts? engine) =>
        [.. ReadFixed(root, tools), .. ReadChanging(root, tools, engine)];

    /// <summary>Reads what stays as it is until the machine is started again.</summary>
    /// <inheritdoc cref="Read" path="/param"/>
    public static IReadOnlyList<NamedFact> ReadFixed(string root, IBoardTools tools)
    {
        var fingerprint = new HostFingerprint(new SystemTree(root), tools);
        fingerprint.AddBoard();
        fingerprint.AddProcessor();
        fingerprint.AddKernel();
        return fingerprint._facts;
    }

    /// <summary>Reads what may change while the machine runs, as by its owner's hand.</summary>
    /// <inheritdoc cref="Read" path="/param"/>
    public static IReadOnlyList<NamedFact> ReadChanging(string root, IBoardTools tools, EngineFacts? engine)
    {
        var fingerprint = new HostFingerprint(new SystemTree(root), tools);
        fingerprint.AddPowerMode();
        fingerprint.AddProcessorState();
        fingerprint.AddClocks();
        fingerprint.AddSystem();
        fingerprint.AddControlGroups();
        fingerprint.AddEngine(engine);
        fingerprint.AddSensors();
        return fingerprint._facts;
    }

    private void AddBoard()
    {
        var jetson = new Jetson(_tree, _tools);
        Add("board.model", Board.Model(_tree));
        Add("board.soc", Board.SystemOnChip(_tree));
        Add("board.firmware", Board.Firmware(_tree, _tools));
        Add("board.virtual-machine", Board.VirtualMachine(_tree));
        Add("jetson.release", jetson.Release());
        Add("jetson.jetpack", jetson.JetPack());
    }

    private void AddPowerMode()
    {
        var powerMode = new Jetson(_tree, _tools).PowerMode();
        Add("jetson.power-mode", powerMode, mode => mode.Name);
        Add("jetson.power-mode.id", powerMode, mode => mode.Id.ToString(CultureInfo.InvariantCulture));
    }

    private void AddProcessor()
    {
        var processor = new Processor(_tree);
        Add("cpu.isolated", processor.Isolated());
        Add("cpu.caches", processor.Caches(), caches => string.Join(", ", caches.Select(cache => $"{cache.Key} {cache.Value}")));
    }

    // The kernel tells most of it of the cores only that are online.
    private void AddProcessorState()
    {
        var processor = new Processor(_tree);
        Add("cpu.model", CpuModel.Read(_tree), models => string.Join(" + ", models));
        Add("cpu.identity", processor.Identities(), identities => string.Join(" + ", identities));
        Add("cpu.features", processor.ArithmeticFlags());
        Add("cpu.microcode", processor.Microcode());
        Add("cpu.online", processor.Online());
        Add("cpu.cores", processor.CoreCount());
        Add("cpu.smt", processor.Smt());
        Add("cpu.clusters", processor.Clusters(), clusters => string.Join(" + ", clusters));
        Add("cpu.boost", processor.Boost());
        Add("cpu.idle-states.disabled", processor.DisabledIdleStates());
        Add("cpu.mitigations", processor.Mitigations());
    }

    private void AddClocks()
    {
        var clocks = ClockDomain.ReadAll(_tree);
        Add("cpu.governor", clocks, clock => clock.Governor);
        Add("cpu.clock.driver", clocks, clock => clock.Driver);
        Add("cpu.clock.energy-preference", clocks, clock => clock.EnergyPreference);
        Add("cpu.clock.domains", clocks, clock => clock.Cpus);
        Add("cpu.clock.minimum.kilohertz", clocks, clock => clock.HardwareMinimum);
        Add("cpu.clock.maximum.kilohertz", clocks, clock => clock.HardwareMaximum);
        Add("cpu.clock.lower-limit.kilohertz", clocks, clock => clock.LowerLimit);
        Add("cpu.clock.upper-limit.kilohertz", clocks, clock => clock.UpperLimit);
        Add("jetson.clocks-pinned", new Jetson(_tree, _tools).PinnedClocks(clocks));

        var gpu = GpuClock.Read(_tree);
        Add("gpu.device", gpu, clock => clock.Device);
        Add("gpu.governor", Of(gpu, clock => clock.Governor));
        Add("gpu.clock.minimum.hertz", Of(gpu, clock => clock.Minimum));
        Add("gpu.clock.maximum.hertz", Of(gpu, clock => clock.Maximum));
    }

    private void AddKernel()
    {
        var kernel = new Kernel(_tree);
        Add("kernel.release", kernel.Release());
        Add("kernel.build", kernel.Build());
        Add("kernel.command-line", kernel.CommandLine());
    }

    private void AddSystem()
    {
        var kernel = new Kernel(_tree);
        // Whole mebibytes: a kernel keeps a few pages more or less for itself from boot to boot.
        Add("memory.total.mebibytes", kernel.TotalMemory(), memory => (memory.Bytes / Mebibyte).ToString(CultureInfo.InvariantCulture));
        Add("memory.transparent-huge-pages", kernel.TransparentHugePages());
        Add("kernel.clock-source", kernel.ClockSource());
        Add("os.name", kernel.Distribution("NAME"));
        Add("os.version", kernel.Distribution("VERSION_ID"));
        Add("os.description", kernel.Distribution("PRETTY_NAME"));
    }

    private void AddControlGroups()
    {
        var groups = new ControlGroups(_tree);
        Add("cgroup.version", groups.Version());
        Add("cgroup.controllers", groups.Controllers(), controllers => string.Join(' ', controllers));
        Add("cgroup.memory", groups.Memory());
    }

    private void AddEngine(EngineFacts? engine)
    {
        const string WithoutContainer = "no container engine is used";
        Add("engine.name", engine is null ? Fact.Missing<string>(WithoutContainer) : Fact.Known(engine.Name));
        Add("engine.version", engine is null ? Fact.Missing<string>(WithoutContainer) : Fact.Known(engine.Version));
    }

    private void AddSensors()
    {
        var throttling = Throttling.Read(_tree, _tools);
        Add("throttling.now", throttling, bits => Names(bits.Now));
        Add("throttling.since-boot", throttling, bits => Names(bits.Occurred));
        Add("throttling.under-voltage-alarm", Throttling.UnderVoltageAlarm(_tree), alarm => alarm.Value == 0 ? "off" : "on");
        var zones = ThermalZone.ReadAll(_tree);
        Add(
            "thermal.zones",
            zones.Count > 0
                ? Fact.Known(Names(zones.Select(zone => zone.Name)))
                : Fact.Missing<string>("there is no zone in /sys/class/thermal"));
        var rails = PowerRail.ReadAll(_tree);
        Add("power.rails", rails, all => Names(all.Select(rail => rail.Name)));
        Add("power.total-rail", PowerRail.Total(rails));
        Add("power.energy-counters", EnergyCounter.ReadAll(_tree), all => Names(all.Select(counter => counter.Name)));
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } text ? text : "none";

    private static Fact<TPart> Of<T, TPart>(Fact<T> whole, Func<T, Fact<TPart>> part)
        where T : class
        where TPart : class => whole.IsKnown ? part(whole.Value) : Fact.Missing<TPart>(whole.MissingBecause);

    // One value where all domains have the same, else one for each in their order.
    private void Add<T>(string name, IReadOnlyList<ClockDomain> clocks, Func<ClockDomain, Fact<T>> fact)
        where T : class
    {
        var facts = clocks.Select(fact).ToList();
        var missing = facts.FirstOrDefault(value => !value.IsKnown);
        Add(name, missing ?? facts[0], _ => string.Join(" + ", facts.Select(value => value.ToString()).Distinct()));
    }

    private void Add<T>(string name, Fact<T> fact)
        where T : class => Add(name, fact, value => value.ToString()!);

    private void Add<T>(string name, Fact<T> fact, Func<T, string> text)
        where T : class => _facts.Add(new NamedFact(name, fact.IsKnown ? text(fact.Value) : null, fact.MissingBecause));
}

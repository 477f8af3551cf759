using System.Globalization;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>The CPUs: what they are, and how they belong together.</summary>
/// <param name="tree">The machine.</param>
internal sealed class Processor(SystemTree tree)
{
    private const string CpuFolder = "sys/devices/system/cpu";

    // What decides how fast a network can be computed; the rest of the flags only tells models apart, which their identities do.
    private static readonly HashSet<string> ArithmeticFeatures =
    [
        "sse4_1", "sse4_2", "avx", "f16c", "fma", "avx2", "avx_vnni", "avx_vnni_int8", "avx_ifma", "avx_ne_convert", "avx512f", "avx512dq",
        "avx512bw", "avx512vl", "avx512_vnni", "avx512_bf16", "avx512_fp16", "avx10", "amx_tile", "amx_int8", "amx_bf16", "amx_fp16",
        "neon", "vfpv4", "asimd", "fphp", "asimdhp", "asimddp", "asimdfhm", "i8mm", "bf16", "sve", "sve2", "svei8mm", "svebf16", "sme",
        "sme2",
    ];

    /// <summary>The distinct identities of the cores, in their order.</summary>
    public Fact<IReadOnlyList<CpuIdentity>> Identities()
    {
        var text = tree.Text("proc/cpuinfo");
        if (!text.IsKnown)
        {
            return Fact.Missing<IReadOnlyList<CpuIdentity>>(text.MissingBecause);
        }

        var identities = Blocks(text.Value).Select(Identity).OfType<CpuIdentity>().Distinct().ToList();
        return identities.Count > 0
            ? Fact.Known<IReadOnlyList<CpuIdentity>>(identities)
            : Fact.Missing<IReadOnlyList<CpuIdentity>>("/proc/cpuinfo tells neither implementer and part nor vendor, family and model");
    }

    /// <summary>The logical CPUs that are online.</summary>
    public Fact<CpuSet> Online() => tree.Cpus($"{CpuFolder}/online");

    /// <summary>The cores; each may be several logical CPUs.</summary>
    public Fact<Number> CoreCount()
    {
        var online = Online();
        if (!online.IsKnown)
        {
            return Fact.Missing<Number>(online.MissingBecause);
        }

        var cores = Siblings(online.Value) ?? Topology(online.Value, "core_id") ?? CoresOfCpuinfo(online.Value.Count);
        return cores is { } count ? Fact.Known(new Number(count))
            : Fact.Missing<Number>($"neither /{CpuFolder}/cpu0/topology nor /proc/cpuinfo tells which CPUs share a core");
    }

    /// <summary>Whether cores run several threads at once: <c>on</c> or <c>off</c>.</summary>
    public Fact<string> Smt()
    {
        var active = tree.Text($"{CpuFolder}/smt/active");
        var (online, cores) = (Online(), CoreCount());
        return active.IsKnown ? Fact.Known(active.Value == "1" ? "on" : "off")
            : online.IsKnown && cores.IsKnown ? Fact.Known(cores.Value.Value < online.Value.Count ? "on" : "off")
            : active;
    }

    /// <summary>The CPUs by the cluster of cores that they are in.</summary>
    public Fact<IReadOnlyList<CpuSet>> Clusters()
    {
        var online = Online();
        if (!online.IsKnown)
        {
            return Fact.Missing<IReadOnlyList<CpuSet>>(online.MissingBecause);
        }

        // Kernels before 5.16 have no clusters, and tell those of ARM boards as packages.
        foreach (var file in (string[])["cluster_id", "physical_package_id"])
        {
            var numbers = online.Value.Cpus
                .Select(cpu => (Cpu: cpu, Cluster: tree.Number($"{CpuFolder}/cpu{cpu}/topology/{file}")))
                .ToList();
            if (numbers.All(number => number.Cluster is { IsKnown: true, Value.Value: >= 0 }))
            {
                return Fact.Known<IReadOnlyList<CpuSet>>(
                [
                    .. numbers.GroupBy(number => number.Cluster.Value!.Value)
                        .Select(cluster => CpuSet.Of(cluster.Select(number => number.Cpu))),
                ]);
            }
        }

        return Fact.Missing<IReadOnlyList<CpuSet>>($"/{CpuFolder}/cpu0/topology tells neither clusters nor packages");
    }

    /// <summary>The caches of the first CPU by level and kind, with their sizes as the kernel writes them.</summary>
    public Fact<IReadOnlyDictionary<string, string>> Caches()
    {
        const string Folder = $"{CpuFolder}/cpu0/cache";
        var caches = new Dictionary<string, string>();
        foreach (var index in tree.Folders(Folder, "index*"))
        {
            var (level, kind, size) = (tree.Text($"{index}/level"), tree.Text($"{index}/type"), tree.Text($"{index}/size"));
            if (level.IsKnown && kind.IsKnown && size.IsKnown)
            {
                caches[$"L{level.Value} {kind.Value}"] = size.Value;
            }
        }

        return caches.Count > 0
            ? Fact.Known<IReadOnlyDictionary<string, string>>(caches)
            : Fact.Missing<IReadOnlyDictionary<string, string>>($"this kernel does not tell the caches: there is none in /{Folder}");
    }

    /// <summary>The instruction sets for arithmetic that all cores have.</summary>
    public Fact<string> ArithmeticFlags()
    {
        var text = tree.Text("proc/cpuinfo");
        if (!text.IsKnown)
        {
            return text;
        }

        var flags = SystemTree.Fields(text.Value, "flags").Concat(SystemTree.Fields(text.Value, "Features")).ToList();
        var common = flags.Select(line => line.Split(' ').Where(ArithmeticFeatures.Contains))
            .Aggregate((IEnumerable<string>?)null, (all, some) => all is null ? some : all.Intersect(some));
        return common is not null ? Fact.Known(string.Join(' ', common.Distinct())) : Fact.Missing<string>("/proc/cpuinfo lists no flags");
    }

    /// <summary>The version of the processor's microcode.</summary>
    public Fact<string> Microcode() => tree.Field("proc/cpuinfo", "microcode");

    /// <summary>The CPUs that the scheduler was told to leave alone, or <c>none</c>.</summary>
    public Fact<string> Isolated()
    {
        var isolated = tree.Text($"{CpuFolder}/isolated");
        return isolated.IsKnown || !tree.Has($"{CpuFolder}/isolated") ? isolated : Fact.Known("none");
    }

    /// <summary>Whether the clock may rise above the nominal one: <c>on</c> or <c>off</c>.</summary>
    public Fact<string> Boost()
    {
        var boost = tree.Text($"{CpuFolder}/cpufreq/boost");
        if (boost.IsKnown)
        {
            return Fact.Known(boost.Value == "1" ? "on" : "off");
        }

        var noTurbo = tree.Text($"{CpuFolder}/intel_pstate/no_turbo");
        return noTurbo.IsKnown ? Fact.Known(noTurbo.Value == "0" ? "on" : "off")
            : Fact.Missing<string>($"there is neither /{CpuFolder}/cpufreq/boost nor /{CpuFolder}/intel_pstate/no_turbo");
    }

    /// <summary>The idle states of the first CPU that somebody switched off, or <c>none</c>.</summary>
    public Fact<string> DisabledIdleStates()
    {
        const string Folder = $"{CpuFolder}/cpu0/cpuidle";
        var states = tree.Folders(Folder, "state*");
        var disabled = states
            .Where(state => tree.Text($"{state}/disable").Value == "1")
            .Select(state => tree.Text($"{state}/name").ToString());
        return states.Count == 0 ? Fact.Missing<string>($"there is no idle state in /{Folder}")
            : Fact.Known(string.Join(", ", disabled) is { Length: > 0 } names ? names : "none");
    }

    /// <summary>What the kernel does against weaknesses of this processor; those that it has not are left out.</summary>
    public Fact<string> Mitigations()
    {
        const string Folder = $"{CpuFolder}/vulnerabilities";
        var files = tree.Files(Folder, "*");
        var states = from file in files
                     let state = tree.Text(file)
                     where state.IsKnown && state.Value != "Not affected"
                     select $"{file.Split('/')[^1]}: {state.Value}";
        return files.Count == 0 ? Fact.Missing<string>($"there is nothing in /{Folder}")
            : Fact.Known(string.Join("; ", states) is { Length: > 0 } text ? text : "none");
    }

    private int? Siblings(CpuSet online)
    {
        // The newer name first.
        foreach (var file in (string[])["core_cpus_list", "thread_siblings_list"])
        {
            var siblings = online.Cpus.Select(cpu => tree.Text($"{CpuFolder}/cpu{cpu}/topology/{file}")).ToList();
            if (siblings.All(list => list.IsKnown))
            {
                return siblings.Distinct().Count();
            }
        }

        return null;
    }

    private int? Topology(CpuSet online, string file)
    {
        var cores = online.Cpus
            .Select(cpu => (
                Package: tree.Text($"{CpuFolder}/cpu{cpu}/topology/physical_package_id"),
                Core: tree.Text($"{CpuFolder}/cpu{cpu}/topology/{file}")))
            .ToList();
        return cores.All(core => core.Core.IsKnown) ? cores.Distinct().Count() : null;
    }

    private int? CoresOfCpuinfo(int logical)
    {
        if (tree.Text("proc/cpuinfo").Value is not { } text)
        {
            return null;
        }

        var cores = Blocks(text)
            .Where(block => Value(block, "core id") is not null)
            .Select(block => (Value(block, "physical id"), Value(block, "core id")))
            .ToList();
        return cores.Count == logical ? cores.Distinct().Count() : null;
    }

    private static IEnumerable<string> Blocks(string cpuinfo) => cpuinfo.Split("\n\n").Where(block => block.Trim() != "");

    private static string? Value(string block, string name) => SystemTree.Fields(block, name).FirstOrDefault();

    private static CpuIdentity? Identity(string block)
    {
        if (Value(block, "CPU implementer") is { } implementer && Value(block, "CPU part") is { } part)
        {
            return new CpuIdentity.Arm(
                implementer, part, Value(block, "CPU variant") ?? "0x0", Whole(Value(block, "CPU revision")) ?? 0);
        }

        return Value(block, "vendor_id") is { } vendor
            && Whole(Value(block, "cpu family")) is { } family
            && Whole(Value(block, "model")) is { } model
            ? new CpuIdentity.X86(vendor, family, model, Whole(Value(block, "stepping")))
            : null;
    }

    private static int? Whole(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}

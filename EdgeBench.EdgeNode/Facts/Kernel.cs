namespace EdgeBench.EdgeNode.Facts;

/// <summary>The kernel and the distribution.</summary>
/// <param name="tree">The machine.</param>
internal sealed class Kernel(SystemTree tree)
{
    // Options that move latencies, or take CPUs, memory or counters away. The rest, where secrets may be, is not read.
    private static readonly string[] Options =
    [
        "audit", "cgroup_disable", "cgroup_enable", "cgroup_memory", "cgroup_no_v1", "clocksource", "cpufreq.default_governor",
        "cpufreq.off", "cpuidle.off", "default_hugepagesz", "force_turbo", "hugepages", "idle", "intel_idle.max_cstate", "intel_pstate",
        "amd_pstate", "irqaffinity", "isolcpus", "kthread_cpus", "maxcpus", "mem", "mitigations", "nmi_watchdog", "nohz", "nohz_full",
        "nosmt", "nospectre_v1", "nospectre_v2", "nowatchdog", "nr_cpus", "numa_balancing", "preempt", "processor.max_cstate", "psi",
        "pti", "rcu_nocbs", "skew_tick", "spectre_v2", "swapaccount", "systemd.unified_cgroup_hierarchy", "threadirqs",
        "transparent_hugepage", "tsc",
    ];

    /// <summary>The release.</summary>
    public Fact<string> Release()
    {
        var release = tree.Text("proc/sys/kernel/osrelease");
        if (release.IsKnown || tree.Text("proc/version").Value?.Split(' ') is not ["Linux", "version", var version, ..])
        {
            return release;
        }

        return Fact.Known(version);
    }

    /// <summary>Number and kind of the build, such as <c>#1 SMP PREEMPT</c>, with its date.</summary>
    public Fact<string> Build()
    {
        var build = tree.Text("proc/sys/kernel/version");
        var version = tree.Text("proc/version").Value;
        return !build.IsKnown && version?.IndexOf('#', StringComparison.Ordinal) is >= 0 and var number
            ? Fact.Known(version[number..])
            : build;
    }

    /// <summary>The options of its command line that matter for latencies, or <c>none</c>.</summary>
    public Fact<string> CommandLine()
    {
        var line = tree.Text("proc/cmdline");
        return !line.IsKnown ? line : Fact.Known(
            string.Join(' ', line.Value.Split(' ').Where(option => Options.Contains(option.Split('=')[0]))) is { Length: > 0 } options
                ? options
                : "none");
    }

    /// <summary>Where it takes the time from.</summary>
    public Fact<string> ClockSource() => tree.Text("sys/devices/system/clocksource/clocksource0/current_clocksource");

    /// <summary>When it uses huge pages by itself: <c>always</c>, <c>madvise</c> or <c>never</c>.</summary>
    public Fact<string> TransparentHugePages()
    {
        // The one in force stands in brackets: always [madvise] never.
        const string File = "sys/kernel/mm/transparent_hugepage/enabled";
        var text = tree.Text(File);
        return !text.IsKnown ? text : text.Value.Split('[', ']') is [_, var chosen, _] ? Fact.Known(chosen)
            : Fact.Missing<string>($"/{File} says '{text.Value}', which names no choice");
    }

    /// <summary>The memory that it manages.</summary>
    public Fact<MemorySize> TotalMemory()
    {
        var text = tree.Field("proc/meminfo", "MemTotal");
        return !text.IsKnown ? Fact.Missing<MemorySize>(text.MissingBecause)
            : long.TryParse(text.Value.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture, out var kibibytes)
                ? Fact.Known(new MemorySize(kibibytes * 1024))
            : Fact.Missing<MemorySize>($"/proc/meminfo: MemTotal is no number but '{text.Value}'");
    }

    /// <summary>A line of the distribution's release file, such as <c>NAME</c>.</summary>
    public Fact<string> Distribution(string name)
    {
        var release = tree.Text("etc/os-release");
        if (!release.IsKnown)
        {
            release = tree.Text("usr/lib/os-release");
        }

        var line = release.Value?.Split('\n').FirstOrDefault(line => line.StartsWith($"{name}=", StringComparison.Ordinal));
        return line is not null ? Fact.Known(line[(name.Length + 1)..].Trim().Trim('"', '\''))
            : Fact.Missing<string>(release.MissingBecause ?? $"/etc/os-release has no {name}");
    }
}

namespace EdgeBench.EdgeNode.Facts;

/// <summary>CPUs whose clock is set together (a cpufreq policy), or that have one each with the same maximum. In kilohertz.</summary>
internal sealed record ClockDomain
{
    private const string CpuFolder = "sys/devices/system/cpu";

    /// <summary>The CPUs.</summary>
    public required Fact<CpuSet> Cpus { get; init; }

    /// <summary>The folders of the policies.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>What decides about the clock.</summary>
    public required Fact<string> Governor { get; init; }

    /// <summary>The kernel's driver of the clock.</summary>
    public required Fact<string> Driver { get; init; }

    /// <summary>What hardware that sets its clock itself was asked for: speed or saving.</summary>
    public required Fact<string> EnergyPreference { get; init; }

    /// <summary>The lowest that the hardware has.</summary>
    public required Fact<Number> HardwareMinimum { get; init; }

    /// <summary>The highest that the hardware has.</summary>
    public required Fact<Number> HardwareMaximum { get; init; }

    /// <summary>The lowest that is allowed.</summary>
    public required Fact<Number> LowerLimit { get; init; }

    /// <summary>The highest that is allowed.</summary>
    public required Fact<Number> UpperLimit { get; init; }

    /// <summary>The clock now. On a Raspberry Pi it is what was asked for, not what the firmware gives.</summary>
    public required Fact<Number> Now { get; init; }

    /// <summary>Reads all; one without any figure where the kernel sets no clock.</summary>
    public static IReadOnlyList<ClockDomain> ReadAll(SystemTree tree)
    {
        var online = tree.Cpus($"{CpuFolder}/online");
        var policies = tree.Folders($"{CpuFolder}/cpufreq", "policy*");
        if (policies.Count == 0)
        {
            // Before Linux 4.3 each CPU had a folder of its own.
            policies = [.. tree.Folders(CpuFolder, "cpu*").Select(cpu => $"{cpu}/cpufreq").Where(tree.Has)];
        }

        if (policies.Count == 0)
        {
            return [WithoutCpufreq(online)];
        }

        var isOneEach = policies.Count == online.Value?.Count;
        return
        [
            .. policies
                .Select(policy => ReadPolicy(tree, policy, isOneEach))
                .GroupBy(domain => domain.Cpus.Value is { Count: 1 } && domain.HardwareMaximum.IsKnown
                    ? domain.HardwareMaximum.ToString()
                    : domain.Policies[0])
                .Select(group => Together([.. group])),
        ];
    }

    private static ClockDomain ReadPolicy(SystemTree tree, string policy, bool isOneEach)
    {
        var cpus = tree.Cpus($"{policy}/affected_cpus");
        var number = policy.Replace("/cpufreq", "", StringComparison.Ordinal).Split('/')[^1].TrimStart([.. "policyu"]);
        return new ClockDomain
        {
            Cpus = !cpus.IsKnown && isOneEach && CpuSet.TryParse(number, out var own) ? Fact.Known(own) : cpus,
            Policies = [policy],
            Governor = tree.Text($"{policy}/scaling_governor"),
            Driver = tree.Text($"{policy}/scaling_driver"),
            EnergyPreference = tree.Text($"{policy}/energy_performance_preference"),
            HardwareMinimum = tree.Number($"{policy}/cpuinfo_min_freq"),
            HardwareMaximum = tree.Number($"{policy}/cpuinfo_max_freq"),
            LowerLimit = tree.Number($"{policy}/scaling_min_freq"),
            UpperLimit = tree.Number($"{policy}/scaling_max_freq"),
            Now = tree.Number($"{policy}/scaling_cur_freq"),
        };
    }

    private static ClockDomain Together(IReadOnlyList<ClockDomain> domains) => new()
    {
        Cpus = domains.Count == 1 ? domains[0].Cpus : Fact.Known(CpuSet.Of(domains.SelectMany(domain => domain.Cpus.Value!.Cpus))),
        Policies = [.. domains.SelectMany(domain => domain.Policies)],
        Governor = All(domains, domain => domain.Governor),
        Driver = All(domains, domain => domain.Driver),
        EnergyPreference = All(domains, domain => domain.EnergyPreference),
        HardwareMinimum = First(domains, domain => domain.HardwareMinimum),
        HardwareMaximum = First(domains, domain => domain.HardwareMaximum),
        LowerLimit = First(domains, domain => domain.LowerLimit),
        UpperLimit = First(domains, domain => domain.UpperLimit),
        Now = First(domains, domain => domain.Now),
    };

    private static Fact<string> All(IReadOnlyList<ClockDomain> domains, Func<ClockDomain, Fact<string>> fact)
    {
        var known = domains.Select(fact).Where(value => value.IsKnown).Select(value => value.Value!).Distinct().ToList();
        return known.Count > 0 ? Fact.Known(string.Join(" + ", known)) : fact(domains[0]);
    }

    private static Fact<Number> First(IReadOnlyList<ClockDomain> domains, Func<ClockDomain, Fact<Number>> fact) =>
        domains.Select(fact).FirstOrDefault(value => value.IsKnown) ?? fact(domains[0]);

    private static ClockDomain WithoutCpufreq(Fact<CpuSet> online)
    {
        const string Because = $"this kernel does not set the clock of the CPUs: there is no policy in /{CpuFolder}/cpufreq";
        var (text, number) = (Fact.Missing<string>(Because), Fact.Missing<Number>(Because));
        return new ClockDomain
        {
            Cpus = online,
            Governor = text,
            Driver = text,
            EnergyPreference = text,
            HardwareMinimum = number,
            HardwareMaximum = number,
            LowerLimit = number,
            UpperLimit = number,
            Now = number,
        };
    }
}

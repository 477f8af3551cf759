namespace EdgeBench.EdgeNode.Facts;

/// <summary>The kernel's control groups, by which an engine limits containers and counts what they use.</summary>
/// <param name="tree">The machine.</param>
internal sealed class ControlGroups(SystemTree tree)
{
    private const string Unified = "sys/fs/cgroup/cgroup.controllers";
    private const string MemoryOptions = "cgroup_enable=memory cgroup_memory=1";

    /// <summary>The version that controllers are used by: <c>2</c>, or <c>1</c> with a hierarchy for each.</summary>
    public Fact<Number> Version() =>
        tree.Has(Unified) ? Fact.Known(new Number(2))
        : tree.Has("proc/cgroups") ? Fact.Known(new Number(1))
        : Fact.Missing<Number>($"this kernel has no control groups: there is neither /{Unified} nor /proc/cgroups");

    /// <summary>The controllers that are switched on, in the order of the alphabet.</summary>
    public Fact<IReadOnlyList<string>> Controllers()
    {
        var version = Version();
        if (!version.IsKnown)
        {
            return Fact.Missing<IReadOnlyList<string>>(version.MissingBecause);
        }

        var names = version.Value.Value == 2 ? tree.Text(Unified).Value?.Split(' ') : Enabled(tree.Text("proc/cgroups").Value);
        return Fact.Known<IReadOnlyList<string>>([.. (names ?? []).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Whether memory is limited and counted: <c>on</c>, or what to do so that it is.</summary>
    public Fact<string> Memory()
    {
        var controllers = Controllers();
        return !controllers.IsKnown ? Fact.Missing<string>(controllers.MissingBecause)
            : controllers.Value.Contains("memory") ? Fact.Known("on")
            : Fact.Missing<string>($"this kernel runs without the memory control group; {HowToSwitchOn()}, and restart the board");
    }

    private static IEnumerable<string>? Enabled(string? table) =>
        from line in table?.Split('\n')
        where !line.StartsWith('#')
        let fields = line.Split('\t', StringSplitOptions.RemoveEmptyEntries)
        where fields is [_, _, _, "1"]
        select fields[0];

    private string HowToSwitchOn()
    {
        if (Board.IsRaspberryPi(tree))
        {
            // Since Raspberry Pi OS 12, and on Ubuntu, the boot partition lies below /boot.
            var file = tree.Has("boot/firmware") || !tree.Has("boot/cmdline.txt") ? "/boot/firmware/cmdline.txt" : "/boot/cmdline.txt";
            return $"add '{MemoryOptions}' to the end of the one line of {file}";
        }

        return tree.Has("boot/extlinux/extlinux.conf") || tree.Has("etc/nv_tegra_release")
            ? $"add '{MemoryOptions}' to the line APPEND of /boot/extlinux/extlinux.conf"
            : $"add '{MemoryOptions}' to GRUB_CMDLINE_LINUX in /etc/default/grub, run 'sudo update-grub'";
    }
}

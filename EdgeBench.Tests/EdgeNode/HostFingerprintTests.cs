using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Observation;
using EdgeBench.Messages.Measurements;
using Microsoft.Extensions.Time.Testing;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>Fingerprints of trees made for the purpose, and of this machine.</summary>
public sealed class HostFingerprintTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgebench-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("Raspberry Pi 5 Model B Rev 1.0", "boot/firmware/cmdline.txt", "to the end of the one line of /boot/firmware/cmdline.txt")]
    [InlineData("Raspberry Pi 4 Model B Rev 1.5", "boot/cmdline.txt", "to the end of the one line of /boot/cmdline.txt")]
    [InlineData("NVIDIA Jetson Nano Developer Kit", "boot/extlinux/extlinux.conf", "to the line APPEND of /boot/extlinux/extlinux.conf")]
    [InlineData("Some Board", "boot/grub/grub.cfg", "to GRUB_CMDLINE_LINUX in /etc/default/grub, run 'sudo update-grub'")]
    public void A_board_without_the_memory_control_group_is_told_the_option_and_where_to_put_it(string model, string bootFile, string where)
    {
        Write("proc/device-tree/model", model + "\0");
        Write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io pids\n");
        Write(bootFile, "quiet\n");

        var memory = Read("cgroup.memory");

        Assert.Equal(
            $"this kernel runs without the memory control group; add 'cgroup_enable=memory cgroup_memory=1' {where}, and restart the board",
            memory.Missing);
    }

    [Fact]
    public void The_controllers_of_the_first_version_are_those_that_are_switched_on()
    {
        Write("proc/device-tree/model", "Raspberry Pi 3 Model B Plus Rev 1.3\0");
        Write("proc/cgroups", "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t3\t1\t1\ncpu\t2\t9\t1\nmemory\t0\t1\t0\n");

        Assert.Equal("1", Read("cgroup.version").Value);
        Assert.Equal("cpu cpuset", Read("cgroup.controllers").Value);
        Assert.Contains("cgroup_enable=memory", Read("cgroup.memory").Missing, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "1-2", "on", "1-2")]
    [InlineData("0", "", "off", "none")]
    public void Switches_of_the_kernel_are_facts(string boost, string isolated, string expectedBoost, string expectedIsolated)
    {
        Write("sys/devices/system/cpu/cpufreq/boost", boost + "\n");
        Write("sys/devices/system/cpu/isolated", isolated + "\n");
        Write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        Write("sys/devices/system/cpu/cpu0/cpuidle/state0/name", "POLL\n");
        Write("sys/devices/system/cpu/cpu0/cpuidle/state0/disable", "0\n");
        Write("sys/devices/system/cpu/cpu0/cpuidle/state1/name", "C6\n");
        Write("sys/devices/system/cpu/cpu0/cpuidle/state1/disable", "1\n");
        Write("sys/devices/system/cpu/vulnerabilities/meltdown", "Mitigation: PTI\n");
        Write("sys/devices/system/cpu/vulnerabilities/l1tf", "Not affected\n");
        Write("proc/cmdline", "console=ttyS0 root=/dev/sda1 password=secret isolcpus=1-2 quiet mitigations=auto\n");

        Assert.Equal(expectedBoost, Read("cpu.boost").Value);
        Assert.Equal(expectedIsolated, Read("cpu.isolated").Value);
        Assert.Equal("madvise", Read("memory.transparent-huge-pages").Value);
        Assert.Equal("C6", Read("cpu.idle-states.disabled").Value);
        Assert.Equal("meltdown: Mitigation: PTI", Read("cpu.mitigations").Value);
        Assert.Equal("isolcpus=1-2 mitigations=auto", Read("kernel.command-line").Value);
    }

    [Theory]
    [InlineData("1500000", "1500000", "on")]
    [InlineData("115200", "1500000", "off")]
    public void Pinned_clocks_of_a_Jetson_are_seen_by_their_limits(string lower, string upper, string pinned)
    {
        Write("etc/nv_tegra_release", "# R36 (release), REVISION: 4.7, GCID: 1, BOARD: generic\n");
        Write("sys/devices/system/cpu/cpufreq/policy0/scaling_min_freq", lower);
        Write("sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq", upper);

        Assert.Equal(pinned, Read("jetson.clocks-pinned").Value);
    }

    [Fact]
    public void A_power_mode_that_may_not_be_asked_for_is_read_where_it_is_remembered()
    {
        Write("etc/nv_tegra_release", "# R35 (release), REVISION: 4.1, GCID: 1, BOARD: t186ref\n");
        Write("var/lib/nvpmodel/status", "pmode:0002\n");
        Write("etc/nvpmodel.conf", "< POWER_MODEL ID=0 NAME=MAXN >\nCPU_ONLINE CORE_0 1\n< POWER_MODEL ID=2 NAME=MODE_15W >\n");

        Assert.Equal("MODE_15W", Read("jetson.power-mode").Value);
        Assert.Equal("2", Read("jetson.power-mode.id").Value);
    }

    [Fact]
    public void This_machine_has_a_fingerprint_that_holds_still()
    {
        var engine = new EngineFacts("docker", "28.0.0", "1.50", 2, []);

        var first = new Fingerprint(HostFingerprint.Read("/", new InstalledTools(), engine));
        var second = new Fingerprint(HostFingerprint.Read("/", new InstalledTools(), engine));

        Assert.Equal(first.Facts, second.Facts);
        Assert.NotNull(first["cpu.model"]);
        Assert.NotNull(first["cpu.features"]);
        Assert.NotNull(first["kernel.release"]);
        Assert.Equal("docker", first["engine.name"]);
    }

    [Fact]
    public void A_tool_that_is_not_there_or_fails_is_a_reason()
    {
        var tools = new InstalledTools();

        Assert.Equal("hello", tools.Output("echo", "hello").Value);
        Assert.Equal("no-such-tool is not installed, or this user may not run it", tools.Output("no-such-tool").MissingBecause);
        Assert.Equal(
            "'sh -c echo no >&2; exit 3' ended with exit code 3: no", tools.Output("sh", "-c", "echo no >&2; exit 3").MissingBecause);
    }

    [Fact]
    public void A_watched_tool_is_asked_once_a_minute_and_an_answer_is_of_its_own_arguments()
    {
        var time = new FakeTimeProvider();
        var tools = new RememberedTools(new RecordedTools(_folder.FullName), time);
        Write("nvpmodel_-q.txt", "NV Power Mode: MAXN\n0\n");
        Assert.StartsWith("NV Power Mode: MAXN", tools.Output("nvpmodel", "-q").Value, StringComparison.Ordinal);

        Write("nvpmodel_-q.txt", "NV Power Mode: 5W\n1\n");
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.StartsWith("NV Power Mode: MAXN", tools.Output("nvpmodel", "-q").Value, StringComparison.Ordinal);
        Assert.Equal("nvpmodel is not installed", tools.Output("nvpmodel", "--help").MissingBecause);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.StartsWith("NV Power Mode: 5W", tools.Output("nvpmodel", "-q").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_watched_of_this_machine_is_what_a_measurement_reads_and_follows_its_changes()
    {
        using var data = DataFolder.Open(Path.Combine(_folder.FullName, "data"));
        using var machine = new Machine(data, engine: null);

        Assert.Equal(new Fingerprint(machine.ReadFacts(null)).Hash(), new Fingerprint(machine.WatchFacts(null)).Hash());
        var engine = new EngineFacts("docker", "28.0.0", "1.50", 2, []);
        Assert.Equal("28.0.0", new Fingerprint(machine.WatchFacts(engine))["engine.version"]);
        Assert.Equal("29.0.0", new Fingerprint(machine.WatchFacts(engine with { Version = "29.0.0" }))["engine.version"]);
    }

    [Fact]
    public void What_is_read_once_asks_no_tool_that_tells_of_the_moment()
    {
        Write("proc/device-tree/model", "Raspberry Pi 3 Model B Plus Rev 1.3\0");
        Write("vcgencmd_version.txt", "Mar 17 2023\nversion 82f9\n");
        Write("vcgencmd_get_throttled.txt", "throttled=0x50005\n");
        var tools = new RecordedTools(_folder.FullName);

        var once = HostFingerprint.ReadFixed(_folder.FullName, tools);
        var watched = HostFingerprint.ReadChanging(_folder.FullName, tools, null);

        Assert.Equal("version 82f9", once.Single(fact => fact.Name == "board.firmware").Value);
        Assert.Equal("under-voltage, throttled", watched.Single(fact => fact.Name == "throttling.now").Value);
        Assert.DoesNotContain(once, fact => fact.Name.StartsWith("throttling", StringComparison.Ordinal));
        Assert.Empty(once.Select(fact => fact.Name).Intersect(watched.Select(fact => fact.Name)));
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private NamedFact Read(string name) =>
        HostFingerprint.Read(_folder.FullName, new RecordedTools(_folder.FullName), null).Single(fact => fact.Name == name);
}

using System.Text.Json;
using EdgeBench.EdgeNode.Facts;
using MachineArchitecture = System.Runtime.InteropServices.Architecture;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>Recorded trees of boards, and this machine.</summary>
public sealed class DeviceFactsTests
{
    [Theory]
    [InlineData("raspberry-pi-4", "rpi4")]
    [InlineData("raspberry-pi-5", "rpi5")]
    [InlineData("jetson-nano-jetpack4", "jetson-nano")]
    [InlineData("jetson-agx-xavier-jetpack4", "xavier")]
    [InlineData("jetson-agx-xavier-jetpack5", "xavier")]
    [InlineData("jetson-agx-orin-jetpack5", "orin")]
    [InlineData("jetson-orin-nano-jetpack5", "orin-nano")]
    [InlineData("jetson-orin-nano-jetpack6", "orin-nano")]
    [InlineData("x86-64-laptop", "generic")]
    [InlineData("x86-64-laptop-2011", "generic")]
    [InlineData("cloud-vm-arm64", "generic")]
    [InlineData("cloud-vm-x86-64", "generic")]
    public void A_recorded_board_is_read_as_it_was_recorded(string board, string kind)
    {
        var folder = Repository.Shared("fixtures", "boards", board);
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        var expected = json.RootElement;
        var isArm = expected.GetProperty("architecture").GetString() == "aarch64";

        var facts = new DeviceFactsReader(Path.Combine(folder, "root"), isArm ? MachineArchitecture.Arm64 : MachineArchitecture.X64).Read();

        Assert.Equal(kind, facts.Kind);
        Assert.Equal(isArm ? "arm64" : "x64", facts.Architecture);
        AssertFact(expected.GetProperty("boardModel").GetString(), facts.BoardModel);
        Assert.Equal(expected.GetProperty("cpuModels").EnumerateArray().Select(model => model.GetString()), facts.CpuModels.Value!);
        Assert.Equal(expected.GetProperty("coreCount").GetInt32(), facts.OnlineCpus.Value!.Count);
        var memory = expected.GetProperty("memTotalKiB");
        AssertFact(memory.ValueKind == JsonValueKind.Null ? null : new MemorySize(memory.GetInt64() * 1024), facts.TotalMemory);
        AssertFact(expected.GetProperty("kernel").GetString(), facts.Kernel);
        var system = expected.GetProperty("osName").GetString();
        Assert.Equal(system is null, !facts.OperatingSystem.IsKnown);
        Assert.StartsWith(
            $"{system} {expected.GetProperty("osVersion").GetString()}", facts.OperatingSystem.Value ?? " ", StringComparison.Ordinal);
    }

    [Fact]
    public void This_machine_is_read()
    {
        var facts = DeviceFactsReader.ReadThisDevice();

        Assert.True(facts.CpuModels.IsKnown);
        Assert.True(facts.TotalMemory.Value!.Bytes > 64 << 20);
        Assert.Equal(Environment.MachineName, facts.HostName.Value);
        Assert.True(facts.AllowedCpus.Value!.Count <= facts.OnlineCpus.Value!.Count);
        Assert.Equal(Environment.ProcessorCount, facts.AllowedCpus.Value.Count);
    }

    [Fact]
    public void An_empty_tree_gives_reasons_and_no_guesses()
    {
        var empty = Directory.CreateTempSubdirectory("edgebench-test-");

        var facts = new DeviceFactsReader(empty.FullName, MachineArchitecture.X64).Read();

        Assert.Equal("there is no /proc/meminfo", facts.TotalMemory.MissingBecause);
        Assert.Equal("there is no /proc/self/status", facts.AllowedCpus.MissingBecause);
        Assert.Equal("there is no /usr/lib/os-release", facts.OperatingSystem.MissingBecause);
        Assert.Equal(DeviceKind.Generic, facts.Kind);
        empty.Delete();
    }

    [Theory]
    [InlineData("NVIDIA Jetson AGX Xavier Developer Kit", "xavier")]
    [InlineData("NVIDIA Jetson Xavier NX Developer Kit", "xavier-nx")]
    [InlineData("NVIDIA Jetson AGX Orin Developer Kit", "orin")]
    [InlineData("NVIDIA Jetson Orin NX Engineering Reference Developer Kit", "orin-nx")]
    [InlineData("Raspberry Pi Compute Module 4 Rev 1.0", "rpi4")]
    [InlineData("Raspberry Pi Zero 2 W Rev 1.0", "rpi-zero2")]
    [InlineData("Raspberry Pi 3 Model B Plus Rev 1.3", "rpi3")]
    [InlineData("Orin Industries Blade", "generic")]
    public void The_kind_follows_from_the_board(string model, string kind) => Assert.Equal(kind, DeviceKind.OfBoard(model));

    [Theory]
    [InlineData("QEMU", "QEMU Virtual Machine", "QEMU Virtual Machine")]
    [InlineData("LENOVO", "20XW", "LENOVO 20XW")]
    [InlineData("System manufacturer", "System Product Name", "ASUS PRIME")]
    public void Maker_and_product_of_the_dmi_table_name_the_board_but_placeholders_do_not(string vendor, string product, string expected)
    {
        var root = Directory.CreateTempSubdirectory("edgebench-test-");
        var dmi = root.CreateSubdirectory("sys/class/dmi/id").FullName;
        File.WriteAllText(Path.Combine(dmi, "sys_vendor"), vendor + "\n");
        File.WriteAllText(Path.Combine(dmi, "product_name"), product + "\n");
        File.WriteAllText(Path.Combine(dmi, "board_vendor"), "ASUS\n");
        File.WriteAllText(Path.Combine(dmi, "board_name"), "PRIME\n");

        Assert.Equal(expected, new DeviceFactsReader(root.FullName, MachineArchitecture.X64).Read().BoardModel.Value);
        root.Delete(recursive: true);
    }

    private static void AssertFact<T>(T? expected, Fact<T> fact)
        where T : class
    {
        Assert.Equal(expected, fact.Value);
        Assert.NotEqual(expected is null, fact.MissingBecause is null);
    }
}

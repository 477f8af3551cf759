using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>Reads <see cref="DeviceFacts"/> from <c>/proc</c>, <c>/sys</c> and <c>/etc</c>.</summary>
/// <param name="root">The folder that stands for <c>/</c>.</param>
/// <param name="architecture">The machine's architecture.</param>
public sealed class DeviceFactsReader(string root, Architecture architecture)
{
    private readonly SystemTree _tree = new(root);

    /// <summary>Reads this machine.</summary>
    public static DeviceFacts ReadThisDevice() => new DeviceFactsReader("/", RuntimeInformation.OSArchitecture).Read();

    /// <summary>Reads everything anew.</summary>
    public DeviceFacts Read()
    {
        var board = BoardModel();
        var online = OnlineCpus();
        return new DeviceFacts
        {
            HostName = _tree.Text("proc/sys/kernel/hostname"),
            Architecture = ArchitectureName(architecture),
            Kind = board.IsKnown ? DeviceKind.OfBoard(board.Value) : DeviceKind.Generic,
            BoardModel = board,
            CpuModels = CpuModel.Read(_tree),
            OnlineCpus = online,
            AllowedCpus = AllowedCpus(online),
            TotalMemory = TotalMemory(),
            Kernel = _tree.Text("proc/sys/kernel/osrelease"),
            OperatingSystem = OperatingSystem(),
        };
    }

    /// <summary>The name that roles and images use for an architecture, such as <c>x64</c>.</summary>
    internal static string ArchitectureName(Architecture architecture) => architecture.ToString().ToLowerInvariant();

    private Fact<string> BoardModel()
    {
        var deviceTree = _tree.Text("proc/device-tree/model");
        if (deviceTree.IsKnown)
        {
            return deviceTree;
        }

        var product = DmiName("sys_vendor", "product_name") ?? DmiName("board_vendor", "board_name");
        return product is null ? Fact.Missing<string>("neither a device tree nor a DMI table names the board") : Fact.Known(product);
    }

    private string? DmiName(string vendorFile, string nameFile)
    {
        var name = DmiField(nameFile);
        var vendor = DmiField(vendorFile);
        return name is null || vendor is null || name.StartsWith(vendor + " ", StringComparison.OrdinalIgnoreCase) ? name
            : $"{vendor} {name}";
    }

    private string? DmiField(string file)
    {
        // What firmware says when its maker filled nothing in.
        string[] placeholders = ["To be filled by O.E.M.", "System Product Name", "System manufacturer", "Default string", "Not Specified",
            "None"];
        var text = _tree.Text($"sys/class/dmi/id/{file}").Value;
        return text is null || placeholders.Contains(text, StringComparer.OrdinalIgnoreCase) ? null : text;
    }

    private Fact<CpuSet> OnlineCpus()
    {
        var text = _tree.Text("sys/devices/system/cpu/online");
        return !text.IsKnown ? Fact.Missing<CpuSet>(text.MissingBecause)
            : CpuSet.TryParse(text.Value, out var set) ? Fact.Known(set)
            : Fact.Missing<CpuSet>($"/sys/devices/system/cpu/online holds no list of CPUs but '{text.Value}'");
    }

    private Fact<CpuSet> AllowedCpus(Fact<CpuSet> online)
    {
        var text = _tree.Field("proc/self/status", "Cpus_allowed_list");
        if (!text.IsKnown)
        {
            return Fact.Missing<CpuSet>(text.MissingBecause);
        }

        // The mask also names CPUs that could be plugged in one day.
        return !CpuSet.TryParse(text.Value, out var mask) ? Fact.Missing<CpuSet>($"/proc/self/status: '{text.Value}' is no list of CPUs")
            : !online.IsKnown ? Fact.Known(mask)
            : mask.Cpus.Intersect(online.Value.Cpus).ToList() is { Count: > 0 } both ? Fact.Known(CpuSet.Of(both))
            : Fact.Missing<CpuSet>("none of the CPUs that this process may use is online");
    }

    private Fact<MemorySize> TotalMemory()
    {
        var text = _tree.Field("proc/meminfo", "MemTotal");
        return !text.IsKnown ? Fact.Missing<MemorySize>(text.MissingBecause)
            : long.TryParse(text.Value.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes)
                ? Fact.Known(new MemorySize(kibibytes * 1024))
            : Fact.Missing<MemorySize>($"/proc/meminfo: MemTotal is no number but '{text.Value}'");
    }

    private Fact<string> OperatingSystem()
    {
        var release = _tree.Text("etc/os-release");
        if (!release.IsKnown)
        {
            release = _tree.Text("usr/lib/os-release");
        }

        var line = release.Value?.Split('\n').FirstOrDefault(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal));
        return line is not null ? Fact.Known(line["PRETTY_NAME=".Length..].Trim().Trim('"', '\''))
            : Fact.Missing<string>(release.MissingBecause ?? "/etc/os-release has no PRETTY_NAME");
    }
}

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
        var kernel = new Kernel(_tree);
        var board = Board.Model(_tree);
        var online = new Processor(_tree).Online();
        return new DeviceFacts
        {
            HostName = _tree.Text("proc/sys/kernel/hostname"),
            Architecture = ArchitectureName(architecture),
            Kind = board.IsKnown ? DeviceKind.OfBoard(board.Value) : DeviceKind.Generic,
            BoardModel = board,
            CpuModels = CpuModel.Read(_tree),
            OnlineCpus = online,
            AllowedCpus = AllowedCpus(online),
            TotalMemory = kernel.TotalMemory(),
            Kernel = kernel.Release(),
            OperatingSystem = kernel.Distribution("PRETTY_NAME"),
        };
    }

    /// <summary>The name that roles and images use for an architecture, such as <c>x64</c>.</summary>
    internal static string ArchitectureName(Architecture architecture) => architecture.ToString().ToLowerInvariant();

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
}

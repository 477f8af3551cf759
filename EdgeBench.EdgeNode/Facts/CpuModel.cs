namespace EdgeBench.EdgeNode.Facts;

/// <summary>The models of the cores by <c>/proc/cpuinfo</c>.</summary>
internal static class CpuModel
{
    // Main ID register: implementer and part number, as the makers' reference manuals list them.
    private static readonly Dictionary<(string Implementer, string Part), string> ArmCores = new()
    {
        [("0x41", "0xb76")] = "ARM1176",
        [("0x41", "0xc07")] = "Cortex-A7",
        [("0x41", "0xd01")] = "Cortex-A32",
        [("0x41", "0xd02")] = "Cortex-A34",
        [("0x41", "0xd03")] = "Cortex-A53",
        [("0x41", "0xd04")] = "Cortex-A35",
        [("0x41", "0xd05")] = "Cortex-A55",
        [("0x41", "0xd07")] = "Cortex-A57",
        [("0x41", "0xd08")] = "Cortex-A72",
        [("0x41", "0xd09")] = "Cortex-A73",
        [("0x41", "0xd0a")] = "Cortex-A75",
        [("0x41", "0xd0b")] = "Cortex-A76",
        [("0x41", "0xd0c")] = "Neoverse-N1",
        [("0x41", "0xd0d")] = "Cortex-A77",
        [("0x41", "0xd40")] = "Neoverse-V1",
        [("0x41", "0xd41")] = "Cortex-A78",
        [("0x41", "0xd42")] = "Cortex-A78AE",
        [("0x41", "0xd44")] = "Cortex-X1",
        [("0x41", "0xd46")] = "Cortex-A510",
        [("0x41", "0xd47")] = "Cortex-A710",
        [("0x41", "0xd49")] = "Neoverse-N2",
        [("0x41", "0xd4b")] = "Cortex-A78C",
        [("0x41", "0xd4d")] = "Cortex-A715",
        [("0x41", "0xd4f")] = "Neoverse-V2",
        [("0x41", "0xd80")] = "Cortex-A520",
        [("0x41", "0xd81")] = "Cortex-A720",
        [("0x4e", "0x003")] = "NVIDIA Denver 2",
        [("0x4e", "0x004")] = "NVIDIA Carmel",
    };

    public static Fact<IReadOnlyList<string>> Read(SystemTree tree)
    {
        var text = tree.Text("proc/cpuinfo");
        if (!text.IsKnown)
        {
            return Fact.Missing<IReadOnlyList<string>>(text.MissingBecause);
        }

        // ARM first: there "model name" says no more than "ARMv8 Processor".
        var implementers = SystemTree.Fields(text.Value, "CPU implementer");
        var parts = SystemTree.Fields(text.Value, "CPU part");
        var models = implementers.Zip(parts, ArmCore).Distinct().ToList();
        if (models.Count == 0)
        {
            models = [.. SystemTree.Fields(text.Value, "model name").Where(name => name != "").Distinct()];
        }

        return models.Count > 0
            ? Fact.Known<IReadOnlyList<string>>(models)
            : Fact.Missing<IReadOnlyList<string>>("/proc/cpuinfo names neither a model nor an implementer and part");
    }

    private static string ArmCore(string implementer, string part) =>
        ArmCores.GetValueOrDefault((implementer, part)) ?? $"ARM core, implementer {implementer} part {part}";
}

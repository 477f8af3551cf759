namespace EdgeBench.EdgeNode.Facts;

/// <summary>A GPU whose clock the kernel sets, in hertz.</summary>
internal sealed record GpuClock
{
    private const string Folder = "sys/class/devfreq";

    // As the device trees of boards name the device: by what it is, or by the chip's code name.
    private static readonly string[] Names = [".gpu", "gpu-gpc", ".ga10b", ".gv11b", ".gp10b", ".gm20b", ".mali"];

    /// <summary>The device's name.</summary>
    public required string Device { get; init; }

    /// <summary>What decides about the clock.</summary>
    public required Fact<string> Governor { get; init; }

    /// <summary>The lowest that is allowed.</summary>
    public required Fact<Number> Minimum { get; init; }

    /// <summary>The highest that is allowed.</summary>
    public required Fact<Number> Maximum { get; init; }

    /// <summary>The clock now.</summary>
    public required Fact<Number> Now { get; init; }

    /// <summary>How busy it is, in thousandths.</summary>
    public required Fact<Number> Load { get; init; }

    /// <summary>Reads the first GPU.</summary>
    public static Fact<GpuClock> Read(SystemTree tree)
    {
        var folder = tree.Folders(Folder, "*")
            .FirstOrDefault(folder => Names.Any(name => folder.Contains(name, StringComparison.OrdinalIgnoreCase)));
        return folder is null ? Fact.Missing<GpuClock>($"there is no GPU in /{Folder}") : Fact.Known(new GpuClock
        {
            Device = folder.Split('/')[^1],
            Governor = tree.Text($"{folder}/governor"),
            Minimum = tree.Number($"{folder}/min_freq"),
            Maximum = tree.Number($"{folder}/max_freq"),
            Now = tree.Number($"{folder}/cur_freq"),
            Load = tree.Number($"{folder}/device/load"),
        });
    }
}

using System.Globalization;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>What the firmware of a Raspberry Pi says of under-voltage and heat: what is now, and what was since boot.</summary>
/// <param name="Bits">The word as the firmware gives it.</param>
internal sealed record Throttling(uint Bits)
{
    private const int SinceBoot = 16;

    private static readonly string[] Kinds = ["under-voltage", "frequency-capped", "throttled", "soft-temperature-limit"];

    /// <summary>What is the matter now.</summary>
    public IReadOnlyList<string> Now => [.. Names(0)];

    /// <summary>What was the matter at some time since boot.</summary>
    public IReadOnlyList<string> Occurred => [.. Names(SinceBoot)];

    /// <summary>Reads it, from the kernel or from the board's own tool.</summary>
    public static Fact<Throttling> Read(SystemTree tree, IBoardTools tools)
    {
        if (!Board.IsRaspberryPi(tree))
        {
            return Fact.Missing<Throttling>("not a Raspberry Pi");
        }

        var file = FileOf(tree);
        return file is not null && Parse(tree.Text(file)) is { IsKnown: true } known
            ? known
            : Parse(tools.Output("vcgencmd", "get_throttled"));
    }

    /// <summary>
    /// The kernel's file of it, or null. It is a copy that the kernel renews every other second, so reading it costs nothing.
    /// </summary>
    public static string? FileOf(SystemTree tree) =>
        tree.Folders("sys/devices/platform", "soc*").Append("sys/devices/platform")
            .SelectMany(parent => tree.Folders(parent, "*firmware*"))
            .Select(folder => $"{folder}/get_throttled")
            .FirstOrDefault(tree.Has);

    /// <summary>Reads <c>80008</c> as the kernel writes it, or <c>throttled=0x80008</c> as the tool does.</summary>
    public static Fact<Throttling> Parse(Fact<string> text)
    {
        if (!text.IsKnown)
        {
            return Fact.Missing<Throttling>(text.MissingBecause);
        }

        var digits = text.Value.Trim().Replace("throttled=", "", StringComparison.Ordinal).Replace("0x", "", StringComparison.Ordinal);
        return uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
            ? Fact.Known(new Throttling(bits))
            : Fact.Missing<Throttling>($"'{text.Value}' are no throttle bits");
    }

    /// <summary>Whether the supply is below what the board needs, by the kernel's own alarm.</summary>
    public static Fact<Number> UnderVoltageAlarm(SystemTree tree)
    {
        var monitor = tree.Folders("sys/class/hwmon", "hwmon*").FirstOrDefault(folder => tree.Text($"{folder}/name").Value == "rpi_volt");
        return monitor is not null
            ? tree.Number($"{monitor}/in0_lcrit_alarm")
            : Fact.Missing<Number>("there is no voltage monitor rpi_volt in /sys/class/hwmon");
    }

    private IEnumerable<string> Names(int from) => Kinds.Where((_, bit) => (Bits >> (from + bit) & 1) != 0);
}

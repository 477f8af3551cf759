using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>A supply line that the board can measure.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Millivolts">Its voltage.</param>
/// <param name="Milliamperes">Its current.</param>
/// <param name="Milliwatts">Its power, where the board measures that and not voltage and current.</param>
internal sealed partial record PowerRail(string Name, double? Millivolts, double? Milliamperes, double? Milliwatts)
{
    private const string NotConnected = "NC";
    private const string PowerMonitor = "ina3221";

    // What carries the whole module, and so contains the others. Boards without one of these have no total.
    private static readonly string[] Totals = ["VDD_IN", "POM_5V_IN"];

    /// <summary>Reads the rails that the kernel knows.</summary>
    public static Fact<IReadOnlyList<PowerRail>> ReadAll(SystemTree tree)
    {
        var devices = tree.Folders("sys/bus/i2c/devices", "*");
        var rails = devices.SelectMany(device => tree.Folders(device, "iio:device*")).SelectMany(folder => ByPower(tree, folder))
            .Concat(devices.SelectMany(device => tree.Folders($"{device}/hwmon", "hwmon*")).SelectMany(folder => ByCurrent(tree, folder)))
            .ToList();
        if (rails.Count == 0)
        {
            // The same folders under another name: only where the first is not there, or they would count twice.
            rails = [.. tree.Folders("sys/class/hwmon", "hwmon*").SelectMany(folder => ByCurrent(tree, folder))];
        }

        return rails.Count > 0 ? Fact.Known<IReadOnlyList<PowerRail>>(rails)
            : Fact.Missing<IReadOnlyList<PowerRail>>(
                $"this kernel knows no power meter: there is no {PowerMonitor} with rails in /sys/bus/i2c/devices");
    }

    /// <summary>The rail that carries all, so that the others are parts of it.</summary>
    public static Fact<string> Total(Fact<IReadOnlyList<PowerRail>> rails) =>
        !rails.IsKnown ? Fact.Missing<string>(rails.MissingBecause)
        : rails.Value.FirstOrDefault(rail => Totals.Contains(rail.Name)) is { } total ? Fact.Known(total.Name)
        : Fact.Missing<string>("no rail of this board carries the whole of it; the rails add up");

    /// <summary>Reads what a Raspberry Pi 5 says of the rails of its power chip.</summary>
    public static Fact<IReadOnlyList<PowerRail>> ReadPmic(SystemTree tree, IBoardTools tools)
    {
        if (!Board.IsRaspberryPi(tree))
        {
            return Fact.Missing<IReadOnlyList<PowerRail>>("not a Raspberry Pi");
        }

        var output = tools.Output("vcgencmd", "pmic_read_adc");
        var rails = PmicLine().Matches(output.Value ?? "")
            .GroupBy(line => line.Groups["rail"].Value)
            .Select(lines => new PowerRail(lines.Key, Milli(lines, "V"), Milli(lines, "A"), null))
            .ToList();
        return rails.Count > 0 ? Fact.Known<IReadOnlyList<PowerRail>>(rails)
            : Fact.Missing<IReadOnlyList<PowerRail>>(output.MissingBecause ?? "'vcgencmd pmic_read_adc' names no rail");
    }

    private static double? Milli(IEnumerable<Match> lines, string unit) => lines
        .Where(line => line.Groups["unit"].Value == unit)
        .Select(line => (double?)Math.Round(double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture) * 1000, 6))
        .FirstOrDefault();

    // Through the industrial-I/O driver of JetPack 4.
    private static IEnumerable<PowerRail> ByPower(SystemTree tree, string folder) =>
        from file in tree.Files(folder, "rail_name_*")
        let channel = file.Split('_')[^1]
        let name = tree.Text(file).Value
        where name is not null and not NotConnected
        select new PowerRail(
            name,
            tree.Number($"{folder}/in_voltage{channel}_input").Value?.Value,
            tree.Number($"{folder}/in_current{channel}_input").Value?.Value,
            tree.Number($"{folder}/in_power{channel}_input").Value?.Value);

    // Through the hardware-monitoring driver. Channels from 4 on are voltages of the shunts and their sum, and no rails.
    private static IEnumerable<PowerRail> ByCurrent(SystemTree tree, string folder) =>
        tree.Text($"{folder}/name").Value != PowerMonitor ? [] :
        from channel in Enumerable.Range(1, 3)
        let name = tree.Text($"{folder}/in{channel}_label").Value
        where name is not null and not NotConnected
        select new PowerRail(
            name,
            tree.Number($"{folder}/in{channel}_input").Value?.Value,
            tree.Number($"{folder}/curr{channel}_input").Value?.Value,
            null);

    [GeneratedRegex(@"(?<rail>\w+)_[AV]\s+\w+\(\d+\)=(?<value>[0-9.]+)(?<unit>[AV])")]
    private static partial Regex PmicLine();
}

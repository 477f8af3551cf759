namespace EdgeBench.EdgeNode.Facts;

/// <summary>A place whose temperature the kernel knows.</summary>
/// <param name="Name">Its name; where several have the same, with the number behind it.</param>
/// <param name="Folder">Its folder.</param>
internal sealed record ThermalZone(string Name, string Folder)
{
    // What silicon can have, in thousandths of a degree; some drivers give 0 K or the like for a unit that is off.
    private const long Coldest = -55_000;
    private const long Hottest = 150_000;

    /// <summary>All zones.</summary>
    public static IReadOnlyList<ThermalZone> ReadAll(SystemTree tree)
    {
        var zones = new List<ThermalZone>();
        foreach (var folder in tree.Folders("sys/class/thermal", "thermal_zone*"))
        {
            if (tree.Text($"{folder}/type").Value is { } name)
            {
                var isTaken = zones.Any(zone => zone.Name == name);
                zones.Add(new ThermalZone(isTaken ? $"{name} ({folder.Split("thermal_zone")[^1]})" : name, folder));
            }
        }

        return zones;
    }

    /// <summary>
    /// The temperature in thousandths of a degree Celsius, or why it cannot be told: the zone of a unit that is off, for one.
    /// </summary>
    public Fact<Number> Temperature(SystemTree tree)
    {
        if (Name.StartsWith("PMIC-Die", StringComparison.Ordinal))
        {
            return Fact.Missing<Number>($"{Name} is a constant of the board's software and no temperature");
        }

        var temperature = tree.Number($"{Folder}/temp");
        return !temperature.IsKnown || temperature.Value.Value is >= Coldest and <= Hottest ? temperature
            : Fact.Missing<Number>($"/{Folder}/temp says {temperature.Value}, which is no temperature");
    }
}

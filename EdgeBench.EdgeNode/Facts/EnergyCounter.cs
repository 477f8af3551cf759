namespace EdgeBench.EdgeNode.Facts;

/// <summary>A counter of the energy that a part of the processor took.</summary>
/// <param name="Name">The part.</param>
/// <param name="Microjoules">What it has counted; from the range on it begins at 0 again.</param>
/// <param name="Range">The greatest that it can count to, in microjoules.</param>
internal sealed record EnergyCounter(string Name, Fact<Number> Microjoules, Fact<Number> Range)
{
    /// <summary>Reads all. Their values are told to root only.</summary>
    public static Fact<IReadOnlyList<EnergyCounter>> ReadAll(SystemTree tree)
    {
        var counters = new List<EnergyCounter>();
        foreach (var folder in tree.Folders("sys/class/powercap", "*:*"))
        {
            if (tree.Text($"{folder}/name").Value is { } name && tree.Has($"{folder}/max_energy_range_uj"))
            {
                // A second processor has parts of the same names.
                var isTaken = counters.Any(counter => counter.Name == name);
                counters.Add(new EnergyCounter(
                    isTaken ? $"{name} ({folder.Split('/')[^1]})" : name,
                    tree.Number($"{folder}/energy_uj"),
                    tree.Number($"{folder}/max_energy_range_uj")));
            }
        }

        return counters.Count > 0 ? Fact.Known<IReadOnlyList<EnergyCounter>>(counters)
            : Fact.Missing<IReadOnlyList<EnergyCounter>>("there is no energy counter in /sys/class/powercap");
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>What NVIDIA's software on a Jetson says: its release, and the power mode.</summary>
/// <param name="tree">The machine.</param>
/// <param name="tools">The tools of that software.</param>
internal sealed partial class Jetson(SystemTree tree, IBoardTools tools)
{
    private const string ReleaseFile = "etc/nv_tegra_release";

    private static readonly Fact<string> NotAJetson = Fact.Missing<string>("not a Jetson");

    // NVIDIA's JetPack archive: which JetPack brings which release of Linux for Tegra.
    private static readonly Dictionary<string, string> JetPacks = new()
    {
        ["32.1.0"] = "4.2",
        ["32.2.0"] = "4.2.1",
        ["32.2.1"] = "4.2.2",
        ["32.2.3"] = "4.2.3",
        ["32.3.1"] = "4.3",
        ["32.4.2"] = "4.4 DP",
        ["32.4.3"] = "4.4",
        ["32.4.4"] = "4.4.1",
        ["32.5.0"] = "4.5",
        ["32.5.1"] = "4.5.1",
        ["32.5.2"] = "4.5.1",
        ["32.6.1"] = "4.6",
        ["32.7.1"] = "4.6.1",
        ["32.7.2"] = "4.6.2",
        ["32.7.3"] = "4.6.3",
        ["32.7.4"] = "4.6.4",
        ["32.7.5"] = "4.6.5",
        ["32.7.6"] = "4.6.6",
        ["34.1.0"] = "5.0 DP",
        ["34.1.1"] = "5.0.1 DP",
        ["35.1.0"] = "5.0.2",
        ["35.2.1"] = "5.1",
        ["35.3.1"] = "5.1.1",
        ["35.4.1"] = "5.1.2",
        ["35.5.0"] = "5.1.3",
        ["35.6.0"] = "5.1.4",
        ["35.6.1"] = "5.1.5",
        ["36.2.0"] = "6.0 DP",
        ["36.3.0"] = "6.0",
        ["36.4.0"] = "6.1",
        ["36.4.2"] = "6.1",
        ["36.4.3"] = "6.2",
        ["36.4.4"] = "6.2.1",
        ["36.4.7"] = "6.2.1",
    };

    /// <summary>The release of Linux for Tegra, such as <c>36.4.7</c>.</summary>
    public Fact<string> Release()
    {
        var text = tree.Text(ReleaseFile);
        return !text.IsKnown ? NotAJetson
            : ReleaseLine().Match(text.Value) is { Success: true } line ? Fact.Known($"{line.Groups[1].Value}.{line.Groups[2].Value}")
            : Fact.Missing<string>($"/{ReleaseFile} names no release");
    }

    /// <summary>The release of JetPack that brings it.</summary>
    public Fact<string> JetPack()
    {
        var release = Release();
        return !release.IsKnown ? release : JetPacks.TryGetValue(release.Value, out var jetPack) ? Fact.Known(jetPack)
            : Fact.Missing<string>($"which JetPack brings Linux for Tegra {release.Value} is not known to this version");
    }

    /// <summary>The power mode.</summary>
    public Fact<PowerMode> PowerMode()
    {
        if (!Release().IsKnown)
        {
            return Fact.Missing<PowerMode>(NotAJetson.MissingBecause!);
        }

        var asked = Facts.PowerMode.Parse(tools.Output("nvpmodel", "-q"));
        return asked.IsKnown ? asked : RememberedMode() ?? asked;
    }

    /// <summary>Whether jetson_clocks pinned the clocks: then the lowest that is allowed is the highest. <c>on</c> or <c>off</c>.</summary>
    public Fact<string> PinnedClocks(IReadOnlyList<ClockDomain> clocks)
    {
        if (!Release().IsKnown)
        {
            return NotAJetson;
        }

        var missing = clocks
            .SelectMany(clock => (Fact<Number>[])[clock.LowerLimit, clock.UpperLimit])
            .FirstOrDefault(limit => !limit.IsKnown);
        return missing is not null ? Fact.Missing<string>(missing.MissingBecause!)
            : Fact.Known(clocks.All(clock => clock.LowerLimit == clock.UpperLimit) ? "on" : "off");
    }

    // Where nvpmodel keeps the mode over a restart: a way for users who may not ask it.
    private Fact<PowerMode>? RememberedMode()
    {
        if (RememberedLine().Match(tree.Text("var/lib/nvpmodel/status").Value ?? "") is not { Success: true } line)
        {
            return null;
        }

        var id = int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture);
        var name = ModelLine().Matches(tree.Text("etc/nvpmodel.conf").Value ?? "")
            .FirstOrDefault(model => int.Parse(model.Groups[1].Value, CultureInfo.InvariantCulture) == id)?.Groups[2].Value;
        return name is not null ? Fact.Known(new PowerMode(name, id)) : null;
    }

    [GeneratedRegex(@"R(\d+) \(release\), REVISION: ([0-9.]+)")]
    private static partial Regex ReleaseLine();

    [GeneratedRegex(@"pmode:(\d+)")]
    private static partial Regex RememberedLine();

    [GeneratedRegex(@"<\s*POWER_MODEL\s+ID=(\d+)\s+NAME=(\S+)\s*>")]
    private static partial Regex ModelLine();
}

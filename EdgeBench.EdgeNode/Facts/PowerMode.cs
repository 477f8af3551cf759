using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>A power mode of a Jetson: which cores are on and how high the clocks may go.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its number.</param>
internal sealed partial record PowerMode(string Name, int Id)
{
    /// <summary>Reads what <c>nvpmodel -q</c> prints. Warnings or the fan's mode may come first.</summary>
    public static Fact<PowerMode> Parse(Fact<string> output)
    {
        if (!output.IsKnown)
        {
            return Fact.Missing<PowerMode>(output.MissingBecause);
        }

        return Mode().Match(output.Value) is { Success: true } mode
            ? Fact.Known(new PowerMode(mode.Groups[1].Value, int.Parse(mode.Groups[2].Value, CultureInfo.InvariantCulture)))
            : Fact.Missing<PowerMode>($"'nvpmodel -q' names no power mode but says '{output.Value.Split('\n')[0].Trim()}'");
    }

    [GeneratedRegex(@"NV Power Mode:\s*(\S+)\s+(\d+)")]
    private static partial Regex Mode();
}

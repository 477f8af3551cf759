namespace EdgeBench.Cli.Terminal;

/// <summary>A series of values as a line of small bars.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>The line. A longer series is summed up by the mean of each part; without any spread it lies in the middle.</summary>
    /// <param name="values">The values, in their order.</param>
    /// <param name="width">The most characters.</param>
    public static string Of(IReadOnlyList<double> values, int width = 40)
    {
        if (values.Count == 0)
        {
            return "";
        }

        var count = Math.Min(width, values.Count);
        var parts = Enumerable.Range(0, count).Select(part =>
        {
            var first = part * values.Count / count;
            var behind = (part + 1) * values.Count / count;
            return values.Skip(first).Take(behind - first).Average();
        }).ToList();
        var (low, high) = (parts.Min(), parts.Max());
        return string.Concat(parts.Select(value => high > low
            ? Bars[(int)Math.Min(Bars.Length - 1, (value - low) / (high - low) * Bars.Length)]
            : Bars[Bars.Length / 2]));
    }
}

using EdgeBench.Cli.Terminal;

namespace EdgeBench.Cli.Results;

/// <summary>Under which conditions a table's figures were measured, in a few lines: what people ask first when figures differ.</summary>
internal static class EnvironmentHeader
{
    /// <summary>The lines, none where nothing was measured.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<CellView> cells)
    {
        foreach (var device in cells.Where(cell => cell.Result is not null).GroupBy(cell => cell.Cell.Device))
        {
            List<CellView> measured = [.. device];
            var of = cells.Select(cell => cell.Cell.Device).Distinct().Count() > 1 ? $" of {measured[0].Cell.DeviceName}" : "";
            yield return $"device {measured[0].Cell.DeviceName}: {Parts(
                Fact(measured, "board.model"),
                Values(measured.Select(cell => cell.Result!.Conditions.Processor ?? cell.Result.Fingerprint?["cpu.model"])) ?? "processor not known",
                Fact(measured, "cpu.cores") is { } cores ? $"{cores} {(cores == "1" ? "core" : "cores")}" : null,
                Values(measured.Select(cell => cell.Result!.Conditions.Architecture)))}";
            yield return $"settings{of}: {Parts(
                measured.Any(cell => cell.Result!.Fingerprint is not null) ? $"governor {Fact(measured, "cpu.governor") ?? "not known"}" : null,
                Fact(measured, "jetson.power-mode") is { } mode ? $"power mode {mode}" : null,
                Fact(measured, "kernel.release") is { } kernel ? $"kernel {kernel}" : null,
                Values(measured.Select(cell => cell.Result!.Conditions.Engine)),
                $"edge node {Values(measured.Select(cell => WithoutCommit(cell.Result!.Conditions.EdgeVersion)))}")}";
            foreach (var runtime in measured.GroupBy(cell => cell.Result!.Conditions.Runtime))
            {
                foreach (var line in runtime.Select(RunBy).Distinct())
                {
                    yield return $"runtime{of}: {line}";
                }
            }
        }
    }

    private static string RunBy(CellView cell)
    {
        var conditions = cell.Result!.Conditions;
        return Parts(
            $"{conditions.Runtime} {conditions.RuntimeVersion}",
            Figures.Counted(conditions.Threads, "thread") + (conditions.Cpus is { } cpus ? $" on CPUs {cpus}" : ""),
            $"isolation: {conditions.Isolation}",
            conditions.Options.Count == 0
                ? null
                : string.Join(
                    ", ",
                    conditions.Options.OrderBy(option => option.Key, StringComparer.Ordinal).Select(option => $"{option.Key}={option.Value}")));
    }

    private static string? Fact(IEnumerable<CellView> cells, string name) => Values(cells.Select(cell => cell.Result!.Fingerprint?[name]));

    /// <summary>A value, or all of them where cells differ; null where it is not known.</summary>
    private static string? Values(IEnumerable<string?> values)
    {
        var known = values.OfType<string>().Distinct().ToList();
        return known.Count == 0 ? null : string.Join(" / ", known);
    }

    private static string Parts(params string?[] parts) => string.Join(", ", parts.OfType<string>());

    /// <summary>A version without the commit that it was built from, which is in the fingerprint.</summary>
    private static string WithoutCommit(string version) => version.Split('+')[0];
}

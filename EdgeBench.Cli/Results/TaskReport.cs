using System.Globalization;
using EdgeBench.Cli.Conversion;
using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Results;

/// <summary>A task as people read it: stored facts only.</summary>
internal static class TaskReport
{
    /// <summary>So many cells are told once what they have in common.</summary>
    private const int FewestInCommon = 3;

    /// <summary>Prints a task as the screen wants it.</summary>
    /// <param name="state">The task.</param>
    /// <param name="screen">Where.</param>
    /// <param name="rows">Whether the table is to have one row a cell in any case.</param>
    public static void Print(TaskState state, Screen screen, bool rows = false)
    {
        switch (screen.Format)
        {
            case OutputFormat.Json:
                screen.Json(TaskDocument.Of(state));
                break;
            case OutputFormat.Csv:
                TaskCsv.Print(state, screen);
                break;
            default:
                Show(state, screen, rows);
                break;
        }
    }

    private static void Show(TaskState state, Screen screen, bool rows)
    {
        var cells = CellView.Of(state);
        var header = EnvironmentHeader.Of(cells).ToList();
        header.ForEach(screen.Item);
        if (header.Count > 0)
        {
            screen.Line();
        }

        screen.Show(ResultTable.Create(cells, screen, rows));
        var notes = Notes(cells).ToList();
        if (notes.Count > 0)
        {
            screen.Line();
        }

        notes.ForEach(screen.Item);

        var commands = ReferenceCommand.All(cells);
        if (commands.Count > 0)
        {
            screen.Line();
            screen.Line("The same with the runtime's own tool, on the device:");
            screen.Code(commands);
            screen.Line();
        }

        screen.Line($"task {state.Submission!.Task}: {state.Outcome?.ToString().ToLowerInvariant() ?? "open"}");
    }

    private static IEnumerable<string> Notes(IReadOnlyList<CellView> cells)
    {
        var measured = cells.Where(cell => cell.Result is not null).ToList();
        var levels = measured.Select(cell => cell.Result!.Verdict?.Level).Distinct().Order().ToList();
        if (measured.Any(cell => cell.Result!.Latency.MeanInterval is not null))
        {
            var marks = levels.OfType<VerdictLevel?>().Select(level => $"{CellView.MarkOf(level)} {CellView.WordOf(level)}");
            yield return string.Join("; ", marks.Prepend("± is half the 95 % interval of the mean"));
        }

        foreach (var line in Reasons(measured))
        {
            yield return line;
        }

        foreach (var cell in measured.Where(cell => cell.State.ReusedFrom is not null))
        {
            var measuredAt = cell.State.MeasuredAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
            yield return $"{CellView.ReusedMark} {cell.Name}: reused from {cell.State.ReusedFrom}, measured {measuredAt}; --fresh measures anew";
        }

        foreach (var stop in measured.Where(cell => cell.Cell.Options.Until is not null).GroupBy(cell => cell.Result!.Stop))
        {
            yield return $"{Figures.Counted(stop.Count(), "cell")} stopped {Words(stop.Key)}";
        }

        foreach (var cell in cells.Where(cell => cell.State.Failure is not null))
        {
            var failure = cell.State.Failure!;
            yield return $"{cell.Name}: {failure.Message}"
                + (failure.LastOutput is { Length: > 0 } output ? $"; last output: {output.Trim().ReplaceLineEndings(" | ")}" : "");
        }

        var inFewerBits = cells.Where(cell => cell.Converted?.Check is { Outcome: CheckOutcome.Passed, Tolerance: null, Difference: not null })
            .DistinctBy(cell => (cell.Cell.Model, cell.Cell.Format, cell.Cell.Precision));
        foreach (var cell in inFewerBits)
        {
            yield return $"{cell.Model.Name} as {cell.Cell.Format} in {cell.Cell.Precision}: {CheckText.Of(cell.Converted!.Check!)}";
        }

        var notChecked = cells.Where(cell => cell.Converted?.Check is { Outcome: not CheckOutcome.Passed })
            .GroupBy(cell => CheckText.Of(cell.Converted!.Check!), cell => cell.Model.Name);
        foreach (var models in notChecked)
        {
            yield return $"{string.Join(", ", models.Distinct())}: {models.Key}";
        }

        if (cells.Any(cell => cell.IsSynthetic))
        {
            yield return "* weights: synthetic; the latency is the network's, the outputs mean nothing";
        }
    }

    /// <summary>Why results are not valid: first what many cells have in common, in full once, then cell by cell.</summary>
    private static IEnumerable<string> Reasons(List<CellView> measured)
    {
        var common = measured.SelectMany(cell => cell.Result!.Verdict?.Reasons ?? []).GroupBy(reason => reason)
            .Where(same => same.Count() >= FewestInCommon).ToDictionary(same => same.Key, same => same.Count());
        foreach (var (reason, count) in common)
        {
            yield return $"{CellView.MarkOf(reason.Level)} {(count == measured.Count ? "all" : $"{count} of")} "
                + $"{Figures.Counted(measured.Count, "measured cell")}: {CellView.WordOf(reason.Level)}";
            yield return Line(reason);
        }

        foreach (var cell in measured.Where(cell => cell.Result!.Verdict is { Reasons.Count: > 0 }))
        {
            var reasons = cell.Result!.Verdict!.Reasons;
            if (reasons.All(common.ContainsKey) && common.Values.All(count => count == measured.Count))
            {
                continue;
            }

            yield return $"{cell.Mark} {cell.Name}: {cell.Verdict}";
            foreach (var reason in reasons.Where(reason => !common.ContainsKey(reason)))
            {
                yield return Line(reason);
            }

            if (string.Join(", ", reasons.Where(common.ContainsKey).Select(reason => reason.Rule)) is { Length: > 0 } told)
            {
                yield return $"  {told}: as above";
            }
        }

        static string Line(VerdictReason reason) => $"  {reason.Rule}: {reason.Message}";
    }

    private static string Words(StopReason reason) => reason switch
    {
        StopReason.AskedReached => "when the asked runs, time and starts were reached",
        StopReason.IntervalNarrow => "when the interval was as narrow as asked",
        StopReason.StartLimit => "at the most starts that are made, with a wider interval than asked",
        StopReason.TimeLimit => "at the longest time, with a wider interval than asked",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}

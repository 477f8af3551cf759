using System.Globalization;
using EdgeBench.Cli.Results;
using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Comparisons;
using Spectre.Console;

namespace EdgeBench.Cli.Comparisons;

/// <summary>Comparisons as people and programs read them: first in what the conditions differ, then the answer.</summary>
internal static class ComparisonReport
{
    private static readonly (string Name, Func<ComparedPair, object?> Value)[] Columns =
    [
        ("schema", _ => Output.Schema),
        ("first", pair => pair.Cells.First.Cell.Id.ToString()),
        ("second", pair => pair.Cells.Second.Cell.Id.ToString()),
        ("first_name", pair => pair.Cells.FirstName),
        ("second_name", pair => pair.Cells.SecondName),
        ("first_median_ms", pair => pair.Cells.First.Result!.Latency.Median / 1e6),
        ("second_median_ms", pair => pair.Cells.Second.Result!.Latency.Median / 1e6),
        ("first_verdict", pair => pair.Cells.First.Verdict),
        ("second_verdict", pair => pair.Cells.Second.Verdict),
        ("differences", pair => string.Join(' ', pair.Comparison.Differences.Select(difference => difference.Name))),
        ("ratio", pair => pair.Ratio.Value),
        ("ratio_low", pair => pair.Ratio.Interval?.Low),
        ("ratio_high", pair => pair.Ratio.Interval?.High),
        ("clear", pair => pair.Ratio.IsClear),
        ("rounds", pair => pair.Interleaving?.Rounds.Count),
        ("sentence", pair => pair.Sentence),
    ];

    /// <summary>The names of the columns of comma-separated values.</summary>
    public static IEnumerable<string> Names => Columns.Select(column => column.Name);

    /// <summary>Prints comparisons as the screen wants them.</summary>
    public static void Print(IReadOnlyList<ComparedPair> pairs, Screen screen)
    {
        switch (screen.Format)
        {
            case OutputFormat.Json:
                screen.Json(new { schema = Output.Schema, pairs = pairs.Select(Describe) });
                break;
            case OutputFormat.Csv:
                screen.Csv(Names);
                foreach (var pair in pairs)
                {
                    screen.Csv(Columns.Select(column => Convert.ToString(column.Value(pair), CultureInfo.InvariantCulture)));
                }

                break;
            default:
                Show(pairs, screen);
                break;
        }
    }

    private static void Show(IReadOnlyList<ComparedPair> pairs, Screen screen)
    {
        // Pairs of two tasks mostly differ in the same facts, which are told once then.
        foreach (var alike in pairs.GroupBy(pair => string.Join('\n', pair.Comparison.Differences)))
        {
            ShowDifferences([.. alike], screen);
            foreach (var pair in alike)
            {
                ShowAnswer(pair, screen);
            }
        }
    }

    private static void ShowDifferences(IReadOnlyList<ComparedPair> pairs, Screen screen)
    {
        var comparison = pairs[0].Comparison;
        if (comparison.Differences.Count == 0)
        {
            screen.Item(comparison.First.Fingerprint is null || comparison.Second.Fingerprint is null
                ? "the conditions are not known of both"
                : "the conditions are the same in all that is known");
            screen.Line();
            return;
        }

        var table = screen.CreateTable("Condition", $"A: {comparison.First.Name}", $"B: {comparison.Second.Name}");
        foreach (var difference in comparison.Differences)
        {
            table.AddRow(
                screen.Cell(difference.Name), screen.Cell(ValueOf(comparison.First.Fingerprint, difference.Name, difference.First)),
                screen.Cell(ValueOf(comparison.Second.Fingerprint, difference.Name, difference.Second)));
        }

        screen.Show(table);
        screen.Line();
    }

    private static void ShowAnswer(ComparedPair pair, Screen screen)
    {
        foreach (var (letter, cell) in new[] { ("A", pair.Cells.First), ("B", pair.Cells.Second) })
        {
            var latency = cell.Result!.Latency;
            screen.Item(
                $"{letter} {cell.Cell.Id}: {cell.Name}, median {Figures.MeanAndInterval(latency.Median, latency.MedianInterval)} ms "
                + $"of {Figures.Counted(latency.Runs, "run")}, {cell.Verdict}");
        }

        foreach (var warning in pair.Comparison.Warnings)
        {
            screen.Item($"caution: {warning}");
        }

        screen.Line();
        screen.Line(screen.Format == OutputFormat.Markdown ? $"**{pair.Sentence}**" : pair.Sentence);
        screen.Line();
    }

    private static string ValueOf(Fingerprint? fingerprint, string name, string? value) =>
        value ?? $"({fingerprint?.Facts.FirstOrDefault(fact => fact.Name == name)?.Missing ?? "not told"})";

    private static object Describe(ComparedPair pair) => new
    {
        first = Describe(pair.Cells.First, pair.Cells.FirstName),
        second = Describe(pair.Cells.Second, pair.Cells.SecondName),
        pair.Comparison.Differences,
        ratio = Describe(pair.Ratio),
        means = Describe(pair.Comparison.Means),
        rounds = pair.Interleaving?.Rounds.Select(round => new { first = round.First, second = round.Second }),
        end = pair.Interleaving?.End,
        pair.Comparison.Warnings,
        pair.Sentence,
    };

    private static object Describe(CellView cell, string name) => new
    {
        cell = cell.Cell.Id.ToString(),
        name,
        model = cell.Model.Name,
        device = cell.Cell.DeviceName.Value,
        cell.Cell.Runtime,
        cell.Cell.Precision,
        cell.Threads,
        verdict = CellView.WordOf(cell.Result!.Verdict?.Level),
        median = cell.Result.Latency.Median,
        mean = cell.Result.Latency.Mean,
    };

    private static object Describe(Ratio ratio) => new { ratio.Value, ratio.Interval?.Low, ratio.Interval?.High, ratio.IsClear };
}

using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;
using Spectre.Console;

namespace EdgeBench.Cli.Results;

/// <summary>
/// The results of a task as a table: models beside runtimes and devices, as the paper's Table 2 has them, or one row a cell, which has room
/// for more figures.
/// </summary>
internal static class ResultTable
{
    /// <summary>Where no terminal says how wide it is, a grid wider than this is hard to read in a document too.</summary>
    private const int WidestGrid = 160;

    /// <summary>The table that fits.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="screen">Where it is to be shown.</param>
    /// <param name="rows">Whether one row a cell is wanted, be the grid as narrow as it may.</param>
    public static Table Create(IReadOnlyList<CellView> cells, Screen screen, bool rows)
    {
        var grid = Grid(cells);
        var isGrid = !rows && cells.Count > 1 && grid.Width <= (screen.Width ?? WidestGrid);
        return (isGrid ? grid : Rows(cells, screen.Width)).In(screen);
    }

    /// <summary>Models beside runtimes and devices.</summary>
    private static Content Grid(IReadOnlyList<CellView> cells)
    {
        var columns = cells.Select(HeadOf).Distinct().ToList();
        var lines = from cell in cells
                    group cell by cell.Cell.Model into model
                    let byColumn = model.ToLookup(HeadOf)
                    select columns.Select(column => byColumn[column].FirstOrDefault() is { } cell
                            ? new Entry($"{cell.Mean} {cell.Mark}".TrimEnd(), ColourOf(cell))
                            : new Entry(""))
                        .Prepend(new Entry(model.First().ModelName))
                        .Append(new Entry(Figures.Flops(model.Select(cell => cell.Converted?.Flops).FirstOrDefault(flops => flops is not null))));
        return new Content(["Model, ms", .. columns.Select(column => $">{column}"), ">FLOPs"], [.. lines.Select(line => line.ToArray())]);
    }

    /// <summary>One row a cell. Where they have no room, figures are left out, the least important first.</summary>
    private static Content Rows(IReadOnlyList<CellView> cells, int? width)
    {
        var columns = new List<Column>
        {
            new("Model", cell => cell.ModelName),
            new("Device", cell => cell.Cell.DeviceName.Value),
            new("Runtime", cell => cell.Cell.Runtime),
            new(
                "Precision", cell => cell.Cell.Precision,
                Importance: cells.Any(cell => cell.Cell.Precision != Precision.Single) ? null : 0),
            new(">Threads", cell => Figures.Count(cell.Threads), Importance: 6),
            new(">Mean ms", cell => cell.Mean),
            new(">Median ms", cell => Figure(cell, latency => latency.Median), Importance: 5),
            new(">Min ms", cell => Figure(cell, latency => latency.Minimum), Importance: 4),
            new(">Max ms", cell => Figure(cell, latency => latency.Maximum), Importance: 2),
            new(">SD ms", cell => Figure(cell, latency => latency.StandardDeviation), Importance: 1),
            new(
                ">p90 ms", cell => Figure(cell, latency => latency.Percentile90),
                Importance: AnyHas(latency => latency.Percentile90) ? 2 : 0),
            new(
                ">p99 ms", cell => Figure(cell, latency => latency.Percentile99),
                Importance: AnyHas(latency => latency.Percentile99) ? 1 : 0),
            new(
                ">Runs", cell => cell.Result is { } result ? $"{Figures.Count(result.Latency.Runs)} in {result.Latency.Starts}" : "-",
                Importance: 3),
            new(">FLOPs", cell => Figures.Flops(cell.Converted?.Flops), Importance: 7),
            new("Verdict", cell => (cell.Verdict ?? "-") + (cell.State.ReusedFrom is null ? "" : CellView.ReusedMark), ColourOf),
        };
        columns.RemoveAll(column => column.Importance == 0);
        while (true)
        {
            var content = new Content(
                [.. columns.Select(column => column.Head)],
                [.. cells.Select(cell => columns.Select(column => new Entry(column.Text(cell), column.Colour?.Invoke(cell))).ToArray())]);
            var least = columns.Where(column => column.Importance is not null).MinBy(column => column.Importance);
            if (content.Width <= (width ?? int.MaxValue) || least is null)
            {
                return content;
            }

            columns.Remove(least);
        }

        bool AnyHas(Func<LatencyStatistics, double?> figure) =>
            cells.Any(cell => cell.Result is { } result && figure(result.Latency) is not null);
    }

    private static string HeadOf(CellView cell) => $"{cell.Cell.Runtime}, {cell.Cell.DeviceName}{cell.Distinction}";

    private static string Figure(CellView cell, Func<LatencyStatistics, double?> figure) =>
        cell.Result is { } result && figure(result.Latency) is { } nanoseconds ? Figures.Milliseconds(nanoseconds) : "-";

    private static string? ColourOf(CellView cell) => cell switch
    {
        { Result.Verdict.Level: VerdictLevel.Suspect } => "yellow",
        { Result.Verdict.Level: VerdictLevel.Invalid } or { State.Phase: CellPhase.Failed } => "red",
        _ => null,
    };

    /// <summary>What may stand in a table.</summary>
    /// <param name="Head">Its head, as <see cref="Screen.CreateTable"/> takes it.</param>
    /// <param name="Text">A cell's text.</param>
    /// <param name="Colour">A cell's colour.</param>
    /// <param name="Importance">The lower, the sooner it is left out; null never, 0 always.</param>
    private sealed record Column(string Head, Func<CellView, string> Text, Func<CellView, string?>? Colour = null, int? Importance = null);

    private sealed record Entry(string Text, string? Colour = null);

    private sealed record Content(IReadOnlyList<string> Heads, IReadOnlyList<Entry[]> Lines)
    {
        /// <summary>The characters of a line of the table, which takes three for the frame of each column and one more.</summary>
        public int Width => 1 + Heads.Select((head, column) =>
            3 + Math.Max(head.TrimStart('>').Length, Lines.Max(line => line[column].Text.Length))).Sum();

        public Table In(Screen screen)
        {
            var table = screen.CreateTable(Heads);
            foreach (var line in Lines)
            {
                table.AddRow([.. line.Select(entry => entry.Colour is { } colour && screen.IsTerminal
                    ? $"[{colour}]{screen.Cell(entry.Text)}[/]"
                    : screen.Cell(entry.Text))]);
            }

            return table;
        }
    }
}

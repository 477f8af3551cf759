using EdgeBench.Cli.Results;
using EdgeBench.Cli.Terminal;
using EdgeBench.Statistics.Comparisons;

namespace EdgeBench.Cli.Comparisons;

/// <summary>Two measured cells that are compared.</summary>
/// <param name="First">The one.</param>
/// <param name="Second">The other.</param>
internal sealed record CellPair(CellView First, CellView Second)
{
    /// <summary>What to call the first: only what tells it from the second.</summary>
    public string FirstName => NameOf(First, Second);

    /// <summary>What to call the second.</summary>
    public string SecondName => NameOf(Second, First);

    /// <summary>What the cells say about each other.</summary>
    public Comparison Compare() => Comparison.Of(SideOf(First, FirstName), SideOf(Second, SecondName));

    /// <summary>
    /// Which cells of two tasks belong together: single cells that were named, or those with the same model, device, runtime, precision and
    /// threads.
    /// </summary>
    /// <exception cref="CommandException">There are none.</exception>
    public static IReadOnlyList<CellPair> Of(string first, IReadOnlyList<CellView> firsts, string second, IReadOnlyList<CellView> seconds)
    {
        if ((firsts, seconds) is ([var one], [var other]))
        {
            return [new CellPair(one, other)];
        }

        var pairs = from cell in firsts
                    from match in seconds
                    where Key(cell) == Key(match)
                    select new CellPair(cell, match);
        return pairs.ToList() is { Count: > 0 } found
            ? found
            : throw new CommandException(
                ExitCode.Usage,
                $"{first} and {second} have no measured cell of the same model, device, runtime, precision and threads; "
                + "name the cells to compare as ID/NUMBER");
    }

    private static (string Model, string Device, string Runtime, string Precision, int? Threads) Key(CellView cell) =>
        (cell.Model.Name, cell.Cell.DeviceName.Value, cell.Cell.Runtime, cell.Cell.Precision, cell.Cell.Options.Threads);

    private static MeasuredCell SideOf(CellView cell, string name) =>
        new(name, cell.Result!.Latency, cell.Result.Verdict, cell.Result.Fingerprint);

    private static string NameOf(CellView cell, CellView other)
    {
        var different = Attributes(cell).Where((attribute, index) => attribute != Attributes(other)[index]);
        return string.Join(", ", different) is { Length: > 0 } name ? name : cell.Cell.Id.ToString();
    }

    private static string[] Attributes(CellView cell) =>
    [
        cell.Model.Name,
        cell.Cell.DeviceName.Value,
        cell.Cell.Runtime,
        cell.Cell.Precision,
        cell.Threads is { } threads ? Figures.Counted(threads, "thread") : "all threads",
    ];
}

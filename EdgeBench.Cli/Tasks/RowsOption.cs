using System.CommandLine;

namespace EdgeBench.Cli.Tasks;

/// <summary>How a table of results is laid out.</summary>
internal static class RowsOption
{
    /// <summary>Whether each cell is to be a row of its own.</summary>
    public static Option<bool> Rows { get; } = new("--rows")
    {
        Description = "One row a cell, with median, range and runs, instead of models beside runtimes and devices",
    };
}

using EdgeBench.Statistics.Comparisons;

namespace EdgeBench.Cli.Comparisons;

/// <summary>Two cells and what came of their comparison.</summary>
/// <param name="Cells">The cells.</param>
/// <param name="Comparison">What their results say; after taking turns those of the last round.</param>
/// <param name="Interleaving">What taking turns gave, or null where the stored results were compared.</param>
internal sealed record ComparedPair(CellPair Cells, Comparison Comparison, Interleaving? Interleaving)
{
    /// <summary>How many times the first's median is the second's.</summary>
    public Ratio Ratio => Interleaving?.Ratio ?? Comparison.Medians;

    /// <summary>The answer in one line.</summary>
    public string Sentence => Interleaving is { } turns
        ? turns.Ratio.Sentence(Cells.FirstName, Cells.SecondName)
            + (turns.End == InterleaveEnd.RoundLimit ? $", not clear after {turns.Rounds.Count} rounds" : $", after {turns.Rounds.Count} rounds")
        : Comparison.Sentence;
}

/// <summary>Two cells that took turns.</summary>
/// <param name="Rounds">The medians of each round in nanoseconds.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Ratio">The first in relation to the second.</param>
internal sealed record Interleaving(IReadOnlyList<(double First, double Second)> Rounds, InterleaveEnd End, Ratio Ratio);

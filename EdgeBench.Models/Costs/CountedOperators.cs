namespace EdgeBench.Models.Costs;

/// <summary>The operators of a finished file with what they cost, as far as that is known.</summary>
/// <param name="Operators">The operators in the order of the file.</param>
/// <param name="Total">All together; null where one of them is not known.</param>
/// <param name="Warnings">What is not known.</param>
internal sealed record CountedOperators(IReadOnlyList<LayerSummary> Operators, OperationCost? Total, IReadOnlyList<string> Warnings)
{
    /// <summary>Puts them together.</summary>
    /// <param name="operators">The operators: how each is listed, and its cost, null where it is not known.</param>
    public static CountedOperators Of(IReadOnlyList<(LayerSummary Summary, OperationCost? Cost)> operators)
    {
        var listed = operators.Select(step => step.Summary with
        {
            Macs = step.Cost?.Macs,
            Flops = step.Cost?.Flops,
            ProfilerFlops = step.Cost?.ProfilerFlops,
        }).ToList();
        var unknown = operators.Where(step => step.Cost is null).GroupBy(step => step.Summary.ClassName, StringComparer.Ordinal)
            .Select(group => $"{group.Count()} {group.Key}").ToList();
        return unknown.Count == 0
            ? new CountedOperators(listed, operators.Aggregate(default(OperationCost), (sum, step) => sum + step.Cost!.Value), [])
            : new CountedOperators(listed, null, [
                $"MACs and FLOPs of the whole are not known, as those of these operators, or the shapes that decide them, are not: "
                    + string.Join(", ", unknown)]);
    }
}

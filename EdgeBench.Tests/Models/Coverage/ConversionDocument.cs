namespace EdgeBench.Tests.Models.Coverage;

/// <summary>The tables of <c>docs/conversion.md</c>, each between two marks that name it.</summary>
internal static class ConversionDocument
{
    /// <summary>Where it is.</summary>
    public static string Path => Repository.PathOf("docs", "conversion.md");

    /// <summary>What becomes of every layer.</summary>
    public static string Layers() => Facts(LayerExamples.ByFamily().Select(family => (
        family.Family, family.Examples.Select(example => (Names: new[] { example.ClassName }, Facts: ConversionFacts.Of(example))))));

    /// <summary>What becomes of every function between layers.</summary>
    public static string Functions() => Facts(FunctionExamples.ByFamily().Select(family => (
        family.Family, family.Examples.Select(one => (Names: one.Names.Split(' '), Facts: ConversionFacts.Of(one.Example))))));

    /// <summary>The text with another table between the marks of a name.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What the marks say.</param>
    /// <param name="table">The table.</param>
    public static string With(string text, string name, string table)
    {
        var (begin, end) = ($"<!-- {name}: written by ConversionDocumentTests -->\n", $"<!-- end of {name} -->\n");
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = text.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= begin.Length && to >= from, $"docs/conversion.md has no place for the table '{name}'");
        return $"{text[..from]}\n{table}\n{text[to..]}";
    }

    /// <summary>A table.</summary>
    public static string Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows) =>
        string.Concat(rows.Prepend([.. head.Select(_ => "---")]).Prepend(head).Select(row => $"| {string.Join(" | ", row)} |\n"));

    /// <summary>One row for those of a family that share their facts; below the table why some are refused.</summary>
    private static string Facts(IEnumerable<(string Family, IEnumerable<(string[] Names, ConversionFacts Facts)> Examples)> families)
    {
        var rows = new List<IReadOnlyList<string>>();
        var refusals = new List<string>();
        foreach (var (family, examples) in families)
        {
            var groups = examples.GroupBy(example => string.Join(" | ", example.Facts.Words)).ToList();
            rows.AddRange(groups.Select((group, place) => (IReadOnlyList<string>)[
                place == 0 ? family : "", Quoted(group.SelectMany(example => example.Names)), group.Key]));
            refusals.AddRange(groups.SelectMany(group => group).Where(example => example.Facts.Refusal is not null)
                .GroupBy(example => example.Facts.Refusal)
                .Select(group => $"- {Quoted(group.SelectMany(example => example.Names))}: {group.Key}\n"));
        }

        return Table(["kind", "names", .. ConversionFacts.Columns], rows)
            + (refusals.Count > 0 ? $"\nRefused are:\n\n{string.Concat(refusals)}" : "");
    }

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));
}

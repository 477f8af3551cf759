using System.Text.RegularExpressions;
using EdgeBench.Cli;

namespace EdgeBench.Tests.Client;

public partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Repository.PathOf("README.md"));

    public static TheoryData<string> Commands =>
        [.. CommandPattern().Matches(Readme).Select(match => match.Groups[1].Value.Trim()).Where(line => line.Length > 0)];

    [Fact]
    public void The_example_of_the_readme_is_the_one_that_compiles()
    {
        var source = File.ReadAllText(Repository.PathOf("EdgeBench.Tests", "Client", "ReadmeExample.cs"));
        var example = Between(source, "// <example>\n", "        // </example>").Replace("\n        ", "\n", StringComparison.Ordinal);

        Assert.Equal(example.TrimStart(), Between(Readme, "```csharp\n", "```"));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_of_the_readme_is_one_that_there_is(string line)
    {
        var typed = line.Replace("ID", "0123456789ab", StringComparison.Ordinal);

        var parsed = CommandLine.CreateRoot().Parse(typed);

        Assert.True(parsed.Errors.Count == 0, string.Join("; ", parsed.Errors.Select(error => error.Message)));
    }

    [Fact]
    public void The_table_of_the_readme_has_the_form_that_is_printed()
    {
        var rows = Between(Readme, "```\ndevice ", "```").Split('\n').Where(line => line.StartsWith('|')).ToList();

        Assert.Matches(@"^\| Model, ms +\| +onnxruntime, vm \| +tflite, vm \| +FLOPs \|$", rows[0]);
        Assert.Equal(8, rows.Count);
        Assert.All(rows.Skip(2), row => Assert.Matches(@"^\| [a-z0-9_]+( \*)? +(\| +[0-9.]+ ± [0-9.]+ [✓?✗]†? ){2}\| +[0-9.]+ [BM] \|$", row));
    }

    [Fact]
    public void Every_document_is_linked_and_every_link_leads_to_one()
    {
        var linked = LinkPattern().Matches(Readme).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);
        var documents = Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md").Select(Path.GetFileName).Order(StringComparer.Ordinal);

        Assert.Equal(documents, linked);
    }

    private static string Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"^(?:\./|EDGEBENCH_TOKEN=\.\.\. )?edgebench ([^#\n]*)", RegexOptions.Multiline)]
    private static partial Regex CommandPattern();

    [GeneratedRegex(@"\]\(docs/([^)#]+)\)")]
    private static partial Regex LinkPattern();
}

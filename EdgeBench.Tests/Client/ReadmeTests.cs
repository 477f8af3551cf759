namespace EdgeBench.Tests.Client;

public class ReadmeTests
{
    [Fact]
    public void The_example_of_the_readme_is_the_one_that_compiles()
    {
        var source = File.ReadAllText(Repository.PathOf("EdgeBench.Tests", "Client", "ReadmeExample.cs"));
        var example = Between(source, "// <example>\n", "        // </example>").Replace("\n        ", "\n", StringComparison.Ordinal);
        var readme = File.ReadAllText(Repository.PathOf("README.md"));

        Assert.Equal(example.TrimStart(), Between(readme, "```csharp\n", "```"));
    }

    private static string Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }
}

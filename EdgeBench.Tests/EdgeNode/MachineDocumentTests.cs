using System.Text.RegularExpressions;
using EdgeBench.EdgeNode.Facts;

namespace EdgeBench.Tests.EdgeNode;

public sealed partial class MachineDocumentTests
{
    [Fact]
    public void The_document_lists_every_fact_of_a_machine_and_no_other()
    {
        var facts = HostFingerprint.Read("/", new InstalledTools(), null).Select(fact => fact.Name);
        var listed = Row().Matches(File.ReadAllText(Repository.PathOf("docs", "machine.md"))).Select(row => row.Groups[1].Value);

        Assert.Equal(facts.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| `([a-z0-9.-]+)` \| \S", RegexOptions.Multiline)]
    private static partial Regex Row();
}

using System.Reflection;
using System.Text.RegularExpressions;
using Xunit.v3;

namespace EdgeBench.Tests.Architecture;

/// <summary>The tests that <c>docs/failure-modes.md</c> names.</summary>
public sealed partial class FailureModesTests
{
    private static readonly string[] Lines = File.ReadAllLines(Repository.PathOf("docs", "failure-modes.md"));

    [Fact]
    public void Every_failure_has_a_test_that_exists()
    {
        var tests = typeof(FailureModesTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(IsTest).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet(StringComparer.Ordinal);
        var rows = Lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Where(line => !line.StartsWith("| failure", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split(" | ")[^1]).ToList();

        Assert.NotEmpty(rows);
        Assert.DoesNotContain(rows, row => row != "same" && NamesIn(row).Count == 0);
        var missing = Lines.SelectMany(NamesIn).Where(name => !tests.Contains(name)).ToList();
        Assert.True(missing.Count == 0, $"no such tests: {string.Join(", ", missing)}");
    }

    private static List<string> NamesIn(string text)
    {
        var names = new List<string>();
        var of = "";
        foreach (Match match in Name().Matches(text))
        {
            of = match.Groups["class"].Length > 0 ? match.Groups["class"].Value : of;
            names.Add($"{of}.{match.Groups["method"].Value}");
        }

        return names;
    }

    private static bool IsTest(MethodInfo method) => method.GetCustomAttributes().OfType<IFactAttribute>().Any();

    [GeneratedRegex(@"`(?<class>\w+Tests)?\.(?<method>[A-Z]\w+)`")]
    private static partial Regex Name();
}

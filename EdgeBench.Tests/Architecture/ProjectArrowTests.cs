using System.Xml.Linq;

namespace EdgeBench.Tests.Architecture;

/// <summary>The arrows between the projects, as docs/architecture.md draws them.</summary>
public class ProjectArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["EdgeBench.Formats"] = [],
        ["EdgeBench.Messages"] = [],
        ["EdgeBench.Models"] = [],
        ["EdgeBench.RunnerContract"] = [],
        ["EdgeBench.Runner"] = ["EdgeBench.RunnerContract"],
        ["EdgeBench.Statistics"] = ["EdgeBench.Messages"],
        ["EdgeBench.Cluster"] = ["EdgeBench.Formats", "EdgeBench.Messages", "EdgeBench.Models", "EdgeBench.RunnerContract"],
        ["EdgeBench.EdgeNode"] = ["EdgeBench.Formats", "EdgeBench.Messages", "EdgeBench.RunnerContract", "EdgeBench.Statistics"],
        ["EdgeBench.Client"] = ["EdgeBench.Formats", "EdgeBench.Messages"],
        ["EdgeBench.Cli"] = ["EdgeBench.Client", "EdgeBench.Cluster", "EdgeBench.EdgeNode", "EdgeBench.Statistics"],
        // A benchmark is a user: it submits through the client, and speaks to a runner by its contract where it goes past EdgeBench.
        ["EdgeBench.Conversion"] = [],
        ["EdgeBench.Overhead"] = ["EdgeBench.Client", "EdgeBench.RunnerContract"],
    };

    private static IEnumerable<string> ProjectFiles() => Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(Repository.Root, file).StartsWith("artifacts", StringComparison.Ordinal));

    [Fact]
    public void Every_reference_between_projects_is_an_arrow_of_the_design()
    {
        var wrong = from file in ProjectFiles()
                    let project = Path.GetFileNameWithoutExtension(file)
                    where project != "EdgeBench.Tests"
                    from reference in XDocument.Load(file).Descendants("ProjectReference")
                    let target = Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!)
                    where !Allowed.GetValueOrDefault(project, []).Contains(target)
                    select $"{project} -> {target}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_project_is_in_the_solution_and_in_the_design()
    {
        var projects = ProjectFiles().Select(file => Path.GetFileNameWithoutExtension(file)).ToList();
        var solution = File.ReadAllText(Repository.PathOf("EdgeBench.sln"));

        Assert.All(projects, project => Assert.Contains($"\"{project}\"", solution, StringComparison.Ordinal));
        Assert.Equal([.. Allowed.Keys.Append("EdgeBench.Tests").Order()], projects.Order());
    }
}

using EdgeBench.Messages.Tasks;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>An edge node that was told to do without a container engine.</summary>
[Collection(EndToEndTestOrder.Name)]
public sealed class ProcessIsolationTests(BuiltImages images)
{
    [Fact]
    public async Task The_runner_is_a_child_process_the_result_says_so_and_a_killed_edge_node_leaves_none()
    {
        await images.OnnxRuntimeAsync();
        await using var installation = new Installation(images, engine: null);
        var (_, edge) = await installation.StartNodesAsync("--isolation", "process");
        var measured = await installation.ToEndAsync(await installation.SubmitAsync("digits_k3.keras", runs: 30));
        var conditions = measured.Cells[0].Result!.Conditions;
        Assert.Equal(("process", null), (conditions.Isolation, conditions.Engine));

        var task = await installation.SubmitAsync("mobilenet_v1.json", runs: 400);
        await installation.IsInMidRunAsync(task);
        Assert.Single(Runners(installation));
        await edge.KillAsync();
        await Condition.HoldsAsync(() => Runners(installation).Count == 0, "no runner process");

        installation.StartEdge("edge", "--isolation", "process");
        var state = await installation.ToEndAsync(task);
        Assert.Equal((TaskOutcome.Completed, 2), (state.Outcome, state.Cells[0].Attempts));
        Assert.Empty(Runners(installation));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(installation.EdgeData("edge"), "jobs")));
    }

    /// <summary>The processes whose program lies in the edge node's data folder.</summary>
    private static List<string> Runners(Installation installation) =>
    [
        .. from process in Directory.EnumerateDirectories("/proc")
           where int.TryParse(Path.GetFileName(process), out _)
           let program = ProgramOf(process)
           where program?.StartsWith(installation.EdgeData("edge"), StringComparison.Ordinal) == true
           select process,
    ];

    private static string? ProgramOf(string process)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(process, "exe"), returnFinalTarget: false)?.FullName;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It ended while it was looked at, or is a thread of the kernel.
            return null;
        }
    }
}

using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Processes;

namespace EdgeBench.Tests.EdgeNode;

public sealed class ProcessInferenceHostTests(ShellImage image) : RunnerBehaviourTests(image)
{
    private DataFolder _data = null!;

    public override ValueTask InitializeAsync()
    {
        _data = DataFolder.Open(Path.Combine(Requests.Folder, "data"));
        Host = new ProcessInferenceHost(_data, TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        ((ProcessInferenceHost)Host).Dispose();
        _data.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Links_of_the_image_lead_to_files_beside_the_runner()
    {
        var end = await Host.RunAsync(Requests.Behaving("beside"), new RecordedUpdates(), Cancellation);

        Assert.Equal("beside the runner", end.Failure?.LastOutput);
    }

    [Fact]
    public async Task A_program_that_the_image_does_not_hold_is_told()
    {
        var request = Requests.Behaving("measure");

        var end = await Host.RunAsync(
            request with { Image = request.Image with { Program = ["/app/none"] } }, new RecordedUpdates(), Cancellation);

        Assert.Equal(InferenceFailureKind.ImageBroken, end.Failure?.Kind);
        Assert.Contains("/app/none", end.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kernel_ends_the_child_when_the_thread_that_started_it_ends()
    {
        var updates = new RecordedUpdates();
        var run = Host.RunAsync(Requests.Behaving("hang"), updates, Cancellation);
        await updates.RunnerSpoke.WaitAsync(Cancellation);

        ((ProcessInferenceHost)Host).Dispose();

        Assert.Equal(InferenceFailureKind.Lost, (await run).Failure?.Kind);
    }

    private protected override Task AssertNothingIsLeftAsync()
    {
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Requests.Folder, "data", "jobs")));
        var left = Directory.EnumerateDirectories("/proc").Where(process => Path.GetFileName(process).All(char.IsAsciiDigit))
            .Where(process => EnvironmentOf(process).Contains(Requests.Folder, StringComparison.Ordinal));
        Assert.Empty(left);
        return Task.CompletedTask;
    }

    private static string EnvironmentOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "environ"));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

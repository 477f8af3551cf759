using System.Diagnostics;
using EdgeBench.RunnerContract;

namespace EdgeBench.Tests.Runner;

public sealed class TerminationTests
{
    private static readonly Job Endless = RunnerProcess.Quick with { Timed = new TimedPlan(Runs: int.MaxValue) };

    [Fact]
    public async Task SIGTERM_ends_a_run_at_once()
    {
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier()).With(Endless);
        using var process = await StartAndAwaitSamplesAsync(runner, endWithStandardInput: false);

        using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(143, process.ExitCode);
    }

    [Fact]
    public async Task A_child_process_ends_with_its_standard_input_where_it_is_asked_to()
    {
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier()).With(Endless);
        using var process = await StartAndAwaitSamplesAsync(runner, endWithStandardInput: true);

        process.StandardInput.Close();

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(143, process.ExitCode);
    }

    [Fact]
    public async Task Without_being_asked_to_it_goes_on_when_its_standard_input_ends()
    {
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier())
            .With(RunnerProcess.Quick with { Timed = new TimedPlan(Runs: 1, MinimumMilliseconds: 300) });
        using var process = runner.Start();
        process.StandardInput.Close();

        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.IsType<CompletedLine>(RunnerResult.Read(output, 0, "").Lines[^1]);
    }

    private static async Task<Process> StartAndAwaitSamplesAsync(RunnerProcess runner, bool endWithStandardInput)
    {
        var process = runner.Start(endWithStandardInput: endWithStandardInput);
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.NotNull(line);
        }
        while (RunnerJson.ReadLine(line) is not SamplesLine);

        return process;
    }
}

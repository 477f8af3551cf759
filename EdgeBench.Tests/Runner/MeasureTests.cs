using EdgeBench.RunnerContract;

namespace EdgeBench.Tests.Runner;

public sealed class MeasureTests
{
    [Fact]
    public async Task A_measurement_tells_each_phase_in_order()
    {
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier()).With(RunnerProcess.Quick);

        var result = await runner.RunAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            ["StartedLine", "LoadedLine", "FirstRunLine", "WarmedUpLine", "SamplesLine", "CompletedLine"],
            result.Lines.Select(line => line.GetType().Name));
        Assert.Equal(new StartedLine(ContractVersion.Current, new RuntimeIdentity("onnxruntime", "1.31.1")), result.The<StartedLine>());
        var loaded = result.The<LoadedLine>();
        Assert.True(loaded.Nanoseconds > 0);
        Assert.Equal(1, loaded.Threads);
        Assert.Equivalent(new TensorDescription("x", ElementType.Float32, [1, 4]), Assert.Single(loaded.Inputs), strict: true);
        Assert.Equivalent(new TensorDescription("y", ElementType.Float32, [1, 3]), Assert.Single(loaded.Outputs), strict: true);
        Assert.True(result.The<FirstRunLine>().Nanoseconds > 0);
        Assert.True(result.The<WarmedUpLine>().Runs >= 2);
        Assert.Equal(10, result.The<SamplesLine>().Nanoseconds.Count);
        Assert.All(result.The<SamplesLine>().Nanoseconds, nanoseconds => Assert.True(nanoseconds > 0));
        Assert.InRange(result.The<CompletedLine>().PeakResidentBytes ?? 0, 1_000_000, 2_000_000_000);
    }

    [Fact]
    public async Task Runs_go_on_until_both_minima_are_met_and_are_told_in_pieces()
    {
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier()).With(RunnerProcess.Quick with
        {
            WarmUp = new WarmUpPlan(MinimumRuns: 1, MinimumMilliseconds: 100),
            Timed = new TimedPlan(Runs: 5, MinimumMilliseconds: 350),
        });

        var result = await runner.RunAsync();

        Assert.True(result.The<WarmedUpLine>().Nanoseconds >= 100_000_000);
        var lines = result.Lines.OfType<SamplesLine>().ToList();
        Assert.True(lines.Count >= 3, $"{lines.Count} lines in 350 ms");
        Assert.True(lines.Sum(line => line.Nanoseconds.Count) > 5);
        Assert.InRange(lines.Sum(line => line.Nanoseconds.Sum()), 0, 2_000_000_000L);
    }

    [Fact]
    public async Task The_warm_up_ends_at_its_maximum_though_never_without_a_run()
    {
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier()).With(RunnerProcess.Quick with
        {
            WarmUp = new WarmUpPlan(MinimumRuns: int.MaxValue, MinimumMilliseconds: int.MaxValue, MaximumMilliseconds: 0),
        });

        Assert.Equal(1, (await runner.RunAsync()).The<WarmedUpLine>().Runs);
    }

    [Fact]
    public async Task What_the_job_leaves_out_takes_the_values_of_the_contract()
    {
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier())
            .With("""{ "contract": 1, "mode": "measure", "model": "model.onnx", "threads": 1, "unknown": [1, 2] }""");

        var result = await runner.RunAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.True(result.The<WarmedUpLine>().Nanoseconds >= 200_000_000);
        Assert.Equal(30, result.Lines.OfType<SamplesLine>().Sum(line => line.Nanoseconds.Count));
    }

    [Fact]
    public async Task Spinning_is_on_where_each_thread_has_a_processor_of_its_own()
    {
        foreach (var (threads, spinning) in new[] { (Environment.ProcessorCount, "on"), (Environment.ProcessorCount + 1, "off") })
        {
            using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier())
                .With(RunnerProcess.Quick with { Threads = threads });

            Assert.Equal(spinning, (await runner.RunAsync()).The<LoadedLine>().Options["spinning"]);
        }
    }

    [Fact]
    public async Task Given_options_are_in_force()
    {
        var options = new Dictionary<string, string> { ["spinning"] = "off", ["graphOptimization"] = "disabled" };
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier())
            .With(RunnerProcess.Quick with { Options = options });

        Assert.Equal<IReadOnlyDictionary<string, string>>(options, (await runner.RunAsync()).The<LoadedLine>().Options);
    }
}

using System.Diagnostics;
using EdgeBench.Runner.Engines.OnnxRuntime;
using EdgeBench.Runner.Measuring;
using EdgeBench.RunnerContract;

namespace EdgeBench.Tests.Runner;

public sealed class TimedLoopTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Timed_runs_allocate_nothing(long batch)
    {
        using var folder = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier(batch));
        var engine = new OnnxRuntimeEngine();
        engine.Identify();
        using var model = engine.Load(Path.Combine(folder.Folder, RunnerProcess.ModelFile), 1, new Dictionary<string, string>());
        SeededInput.Fill(ElementType.Float32, 0, 0, model.Input(0));
        var samples = new long[1000];
        Measurement.TimeRuns(model, samples, long.MaxValue);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var runs = Measurement.TimeRuns(model, samples, long.MaxValue);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(1000, runs);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Spans_of_the_stopwatch_become_nanoseconds_without_overflow()
    {
        Assert.Equal(1_000_000_000, Nanoseconds.Between(5, 5 + Stopwatch.Frequency));
        Assert.Equal(864_000L * 1_000_000_000, Nanoseconds.Between(0, 864_000L * Stopwatch.Frequency));
    }
}

using EdgeBench.Runner.Measuring;
using EdgeBench.RunnerContract;

namespace EdgeBench.Tests.Runner;

public sealed class WarmUpTests
{
    // Milliseconds a run: the first are shorter than what is looked at one by one, the last longer than the whole window.
    [Theory]
    [InlineData(0.004)]
    [InlineData(0.7)]
    [InlineData(25)]
    [InlineData(900)]
    public void Latencies_of_any_length_are_steady_once_they_no_longer_fall(double milliseconds)
    {
        var warmUp = new WarmUp(new WarmUpPlan());
        var nanoseconds = milliseconds * 1e6;
        var falling = (int)Math.Max(20, 400 / milliseconds);

        for (var run = 0; run < falling; run++)
        {
            warmUp.Add((long)(nanoseconds * (2 - ((double)run / falling))));
        }

        Assert.False(warmUp.IsSteady());
        for (var run = 0; run < falling; run++)
        {
            warmUp.Add((long)nanoseconds);
        }

        Assert.True(warmUp.IsSteady());
    }

    [Fact]
    public void Fewer_runs_than_the_rule_needs_are_not_steady()
    {
        var warmUp = new WarmUp(new WarmUpPlan());
        for (var run = 1; run < Steadiness.MinimumRuns; run++)
        {
            warmUp.Add(1_000_000_000);
        }

        Assert.False(warmUp.IsSteady());
    }

    [Fact]
    public void A_series_that_outgrows_its_memory_is_still_looked_at_from_its_end()
    {
        var warmUp = new WarmUp(new WarmUpPlan());
        for (var run = 0; run < 10_000; run++)
        {
            warmUp.Add(2_000_000);
        }

        Assert.True(warmUp.IsSteady());
        for (var run = 0; run < 50; run++)
        {
            warmUp.Add(4_000_000 + (run * 100_000));
        }

        Assert.False(warmUp.IsSteady());
    }

    [Fact]
    public void The_rule_allocates_nothing()
    {
        var warmUp = new WarmUp(new WarmUpPlan());
        Add(warmUp);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Add(warmUp);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Add(WarmUp warmUp)
        {
            for (var run = 0; run < 10_000; run++)
            {
                warmUp.Add(900_000 + run);
                warmUp.IsSteady();
            }
        }
    }

    [Fact]
    public async Task The_runner_tells_why_the_warm_up_ended_and_what_its_runs_took()
    {
        using var free = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier())
            .With(RunnerProcess.Quick with { WarmUp = new WarmUpPlan() });
        using var limited = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier())
            .With(RunnerProcess.Quick with { WarmUp = new WarmUpPlan(MinimumRuns: 1, MinimumMilliseconds: 0, MaximumMilliseconds: 0) });

        var (told, cut) = ((await free.RunAsync()).The<WarmedUpLine>(), (await limited.RunAsync()).The<WarmedUpLine>());

        Assert.Equal((WarmUpEnding.Limit, 1, 1), (cut.End, cut.Runs, cut.Latencies!.Count));
        Assert.NotNull(told.End);
        Assert.Equal(Math.Min(told.Runs, WarmUp.MostTold), told.Latencies!.Count);
        Assert.All(told.Latencies, nanoseconds => Assert.True(nanoseconds > 0));
        Assert.InRange(told.Latencies.Sum(), 1, told.Nanoseconds);
    }
}

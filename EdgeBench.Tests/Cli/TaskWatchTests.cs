using EdgeBench.Cli;
using EdgeBench.Cli.Planning;
using EdgeBench.Cli.Tasks;
using EdgeBench.Cli.Terminal;
using EdgeBench.Client;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;
using EdgeBench.Tests.Messages;
using Microsoft.Extensions.Time.Testing;

namespace EdgeBench.Tests.Cli;

/// <summary>What is shown while a task runs.</summary>
public class TaskWatchTests
{
    [Fact]
    public void A_running_cell_says_its_start_phase_and_runs()
    {
        var update = Update([CellPhase.Measured, CellPhase.Running, CellPhase.Pending], new CellProgress(IdOf(2), "timed runs", 25, 2, 3));

        var text = Documents.Print(
            OutputFormat.Text, screen => screen.Show(TaskWatch.Progress(update, TimeSpan.FromSeconds(75), screen)), width: 80);

        Assert.Contains("start 2/3: timed runs 25", text, StringComparison.Ordinal);
        Assert.Contains("SUSPECT", text, StringComparison.Ordinal);
        Assert.Contains("1 of 3 cells, about 1 min 15 s left", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void A_long_task_shows_the_part_that_runs()
    {
        var phases = Enumerable.Range(1, 100).Select(number => number < 60 ? CellPhase.Measured : CellPhase.Pending);

        var text = Documents.Print(
            OutputFormat.Text, screen => screen.Show(TaskWatch.Progress(Update([.. phases]), null, screen)), width: 80);

        Assert.InRange(text.Split('\n').Length, 3, 40);
        Assert.Contains("waiting", text, StringComparison.Ordinal);
        Assert.Contains("SUSPECT", text, StringComparison.Ordinal);
        Assert.Contains("59 of 100 cells", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_time_that_is_left_follows_the_plan_and_the_pace()
    {
        var time = new FakeTimeProvider();
        var remaining = new RemainingTime(Plan(3, TimeSpan.FromSeconds(10)), time);

        Assert.Equal(TimeSpan.FromSeconds(30), remaining.Of(Update([CellPhase.Running, CellPhase.Pending, CellPhase.Pending])));
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(TimeSpan.FromSeconds(26), remaining.Of(Update([CellPhase.Running, CellPhase.Pending, CellPhase.Pending])));
        time.Advance(TimeSpan.FromSeconds(16));
        // The first took 20 s instead of 10 s, so the others will too.
        Assert.Equal(TimeSpan.FromSeconds(40), remaining.Of(Update([CellPhase.Measured, CellPhase.Running, CellPhase.Pending])));
    }

    [Fact]
    public void Without_a_plan_or_with_an_unknown_cell_no_time_is_told()
    {
        var update = Update([CellPhase.Running, CellPhase.Pending]);

        Assert.Null(new RemainingTime(null, TimeProvider.System).Of(update));
        Assert.Null(new RemainingTime(Plan(2, null), TimeProvider.System).Of(update));
    }

    [Theory]
    [InlineData(VerdictLevel.Valid, 0)]
    [InlineData(VerdictLevel.Suspect, 0)]
    [InlineData(VerdictLevel.Invalid, 5)]
    public void A_result_that_is_no_latency_has_an_exit_code_of_its_own(VerdictLevel level, int code)
    {
        var state = Update([CellPhase.Measured, CellPhase.Measured]).State;
        var judged = state with
        {
            Cells = state.Cells.SetItem(0, state.Cells[0] with { Result = Samples.Result with { Verdict = new Verdict(level, [], 1) } }),
        };
        var failed = judged with
        {
            Cells = judged.Cells.SetItem(1, judged.Cells[1] with { Phase = CellPhase.Failed, Failure = Samples.Failure, Result = null }),
        };

        Assert.Equal((ExitCode)code, TaskWatch.CodeOf(judged));
        Assert.Equal(ExitCode.Failed, TaskWatch.CodeOf(failed));
    }

    private static CellId IdOf(int number) => new(Samples.Task, number);

    private static PricedPlan Plan(int cells, TimeSpan? each) => new(
        new TaskPlan(Samples.Request, [.. Enumerable.Range(1, cells).Select(number => Samples.Cell with { Id = IdOf(number) })], []),
        [.. Enumerable.Repeat(new TimeEstimate(each, EstimateSource.EarlierResult, ""), cells)],
        []);

    private static TaskUpdate Update(CellPhase[] phases, params CellProgress[] progress)
    {
        var cells = phases.Select((phase, index) => new CellState
        {
            Cell = Samples.Cell with { Id = IdOf(index + 1) },
            Phase = phase,
            Result = phase == CellPhase.Measured ? Samples.Result : null,
        });
        return new TaskUpdate(Documents.Task with { Cells = [.. cells], Outcome = null }, [], progress);
    }
}

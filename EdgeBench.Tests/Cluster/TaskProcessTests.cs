using EdgeBench.Cluster.Tasks;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Cluster;

public sealed class TaskProcessTests
{
    private static readonly DateTimeOffset Now = Messages.Samples.At;
    private static readonly CellId Cell = Messages.Samples.CellOne;

    [Fact]
    public void Only_what_was_lost_is_tried_again_and_at_most_three_times()
    {
        var state = Ready();
        for (var number = 1; number <= CellState.MaximumAttempts; number++)
        {
            state = Apply(state, new TaskCommand.Assign(Cell, Messages.Samples.Image));
            var attempt = new AttemptId(Cell, number);
            Assert.Equal(attempt, state[Cell].CurrentAttempt);
            state = Apply(state, new TaskCommand.FailAttempt(attempt, new CellFailure(FailureKind.Lost, "the power went")));
        }

        Assert.Equal(CellPhase.Failed, state[Cell].Phase);
        Assert.Equal("all 3 attempts were lost; the last: the power went", state[Cell].Failure!.Message);
        Assert.Equal(TaskOutcome.Failed, state.Outcome);
        Assert.Empty(state.Process(new TaskCommand.Assign(Cell, Messages.Samples.Image), Now).Events);
    }

    [Theory]
    [InlineData(FailureKind.RunnerFailed)]
    [InlineData(FailureKind.OutOfMemory)]
    [InlineData(FailureKind.TimedOut)]
    [InlineData(FailureKind.ModelNotLoaded)]
    [InlineData(FailureKind.Internal)]
    public void Any_other_failure_ends_the_cell(FailureKind kind)
    {
        var state = Apply(Ready(), new TaskCommand.Assign(Cell, Messages.Samples.Image));

        state = Apply(state, new TaskCommand.FailAttempt(new AttemptId(Cell, 1), new CellFailure(kind, "failed")));

        Assert.Equal((CellPhase.Failed, kind), (state[Cell].Phase, state[Cell].Failure!.Kind));
    }

    [Fact]
    public void A_result_of_a_lost_attempt_is_kept_once_and_not_counted()
    {
        var state = Apply(Ready(), new TaskCommand.Assign(Cell, Messages.Samples.Image));
        var first = new AttemptId(Cell, 1);
        state = Apply(state, new TaskCommand.FailAttempt(first, new CellFailure(FailureKind.Lost, "gone")));
        var late = new TaskCommand.KeepResult(first, Messages.Samples.Result);

        Assert.Equal(ResultAnswer.Superseded, state.Process(late, Now).Answer);
        state = Apply(state, late);
        var again = state.Process(late, Now);

        Assert.Equal((ResultAnswer.Superseded, 0), (again.Answer, again.Events.Length));
        Assert.Equal(CellPhase.Pending, state[Cell].Phase);
    }

    [Fact]
    public void Results_of_cells_and_attempts_that_never_were_are_unknown()
    {
        var state = Ready();

        Assert.Equal(ResultAnswer.Unknown, TaskState.None.Process(Keep(Messages.Samples.Attempt), Now).Answer);
        Assert.Equal(ResultAnswer.Unknown, state.Process(Keep(new AttemptId(Cell, 1)), Now).Answer);
        Assert.Equal(ResultAnswer.Unknown, state.Process(Keep(new AttemptId(new CellId(Cell.Task, 9), 1)), Now).Answer);

        static TaskCommand.KeepResult Keep(AttemptId attempt) => new(attempt, Messages.Samples.Result);
    }

    [Fact]
    public void A_cell_waits_until_its_model_is_there_and_a_refused_model_ends_it()
    {
        var state = Apply(TaskState.None, Submit());
        Assert.Empty(state.WaitingCells());
        Assert.Equal([(0, "onnx", "fp32")], state.WantedModels());
        Assert.Empty(state.Process(new TaskCommand.Assign(Cell, Messages.Samples.Image), Now).Events);

        state = Apply(state, new TaskCommand.RefuseModel(
            0, "onnx", new CellFailure(FailureKind.ModelRefused, "layer 'l' (Lambda) is refused")));

        Assert.Equal(
            (FailureKind.ModelRefused, "layer 'l' (Lambda) is refused"),
            (state[Cell].Failure!.Kind, state[Cell].Failure!.Message));
        Assert.Equal(TaskOutcome.Failed, state.Outcome);
        Assert.Empty(state.WantedModels());
    }

    [Fact]
    public void An_ended_task_stays_as_it_is()
    {
        var state = Apply(Ready(), new TaskCommand.Cancel());
        Assert.Equal(TaskOutcome.Cancelled, state.Outcome);
        TaskCommand[] late =
        [
            Submit(),
            new TaskCommand.Cancel(),
            new TaskCommand.Resume(),
            new TaskCommand.Assign(Cell, Messages.Samples.Image),
            new TaskCommand.Start(new AttemptId(Cell, 1)),
            new TaskCommand.EndCell(Cell, Messages.Samples.Failure),
            new TaskCommand.KeepModel(0, Messages.Samples.Converted),
            new TaskCommand.RefuseModel(0, "onnx", new CellFailure(FailureKind.ModelRefused, "refused")),
        ];

        Assert.All(late, command => Assert.Empty(state.Process(command, Now).Events));
    }

    [Fact]
    public void What_a_device_sends_is_cut_to_what_the_journal_takes()
    {
        var attempt = Messages.Samples.Attempt;
        var failed = Assert.IsType<TaskCommand.FailAttempt>(TaskLimits.Fit(new TaskCommand.FailAttempt(
            attempt, new CellFailure(FailureKind.RunnerFailed, new string('m', 10_000), new string('a', 10_000) + "end"))));
        var result = Messages.Samples.Result with
        {
            Conditions = Messages.Samples.Result.Conditions with { Engine = new string('e', 60_000) },
        };

        Assert.Equal(2_000, failed.Failure.Message.Length);
        Assert.EndsWith("end", failed.Failure.LastOutput, StringComparison.Ordinal);
        Assert.Equal(4_000, failed.Failure.LastOutput!.Length);
        Assert.Contains("more than", Assert.IsType<TaskCommand.FailAttempt>(
            TaskLimits.Fit(new TaskCommand.KeepResult(attempt, result))).Failure.Message, StringComparison.Ordinal);
    }

    private static TaskCommand.Submit Submit() =>
        new(Messages.Samples.Key, Messages.Samples.Request, [Messages.Samples.Cell], [], "1");

    private static TaskState Ready() =>
        Apply(Apply(TaskState.None, Submit()), new TaskCommand.KeepModel(0, Messages.Samples.Converted));

    private static TaskState Apply(TaskState state, TaskCommand command) =>
        state.Process(command, Now).Events.Aggregate(state, (current, happened) => current.Apply(happened));
}

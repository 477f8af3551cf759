using EdgeBench.EdgeNode.Agent;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Agent;

public class AttemptTests : AgentBench
{
    private static readonly AttemptId First = Sample.Attempt(1);
    private static readonly AttemptId Second = Sample.Attempt(2);

    [Fact]
    public async Task A_cell_is_begun_once_however_often_it_is_given_and_each_time_the_server_is_told_that_it_runs()
    {
        var (agent, _) = await StartRegisteredAsync();
        await MeasureAsync(agent, First);

        agent.Tell(Sample.RunCell(First), Coordinator);

        Assert.Equal(First, (await HearAsync<FromDevice.AttemptStarted>()).Attempt);
        Assert.Equal([First], Measurements.Begun);
    }

    [Fact]
    public async Task A_second_cell_is_not_taken_while_one_has_the_device_and_the_server_is_told_at_once_which()
    {
        var (agent, _) = await StartRegisteredAsync();
        await MeasureAsync(agent, First);

        agent.Tell(Sample.RunCell(Second), Coordinator);

        await HearAsync<FromDevice.Heartbeat>(heartbeat => heartbeat.Busy == First);
        await Wait.UntilAsync(
            () => Printed.Lines.Contains($"Warning: attempt {Second} not taken: attempt {First} has the device"), "the line");
        Measurements.End(First, Sample.Measured(1));
        await HearAsync<FromDevice.AttemptMeasured>();
        await MeasureAsync(agent, Second);
    }

    [Fact]
    public async Task A_cell_that_comes_before_the_registration_is_settled_is_not_begun()
    {
        var agent = StartAgent();
        var register = await HearAsync<FromDevice.Register>();
        agent.Tell(Sample.RunCell(First), Coordinator);
        agent.Tell(Answer(register), Coordinator);

        await HearAsync<FromDevice.Heartbeat>(heartbeat => heartbeat.Busy is null);

        Assert.Empty(Measurements.Begun);
        Assert.Contains(Printed.Lines, line => line.Contains($"attempt {First} not taken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Progress_is_told_with_the_newest_only_however_fast_it_comes()
    {
        var (agent, _) = await StartRegisteredAsync();
        await MeasureAsync(agent, First);
        for (var runs = 1; runs <= 2000; runs++)
        {
            Measurements.Report(First, new AttemptPhase("timed runs", runs));
        }

        var told = new List<FromDevice.AttemptProgress>();
        while (told.LastOrDefault()?.Runs != 2000)
        {
            told.Add(await HearAsync<FromDevice.AttemptProgress>());
        }

        Assert.InRange(told.Count, 1, 100);
        Assert.All(told, progress => Assert.Equal(First, progress.Attempt));
    }

    [Fact]
    public async Task A_stopped_attempt_is_answered_for_when_it_is_gone_and_its_late_assignment_begins_nothing()
    {
        var gone = new TaskCompletionSource();
        Measurements.MayGo = gone.Task;
        var (agent, _) = await StartRegisteredAsync();
        await MeasureAsync(agent, First);

        agent.Tell(new ToDevice.StopAttempt(First, "cancelled"), Coordinator);
        agent.Tell(new ToDevice.StopAttempt(First, "cancelled"), Coordinator);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(First, (await HearAsync<FromDevice.Heartbeat>()).Busy);
        }

        gone.SetResult();
        var failed = await HearAsync<FromDevice.AttemptFailed>();
        Assert.Equal((First, new CellFailure(FailureKind.Cancelled, "stopped: cancelled")), (failed.Attempt, failed.Failure));
        await HearAsync<FromDevice.Heartbeat>(heartbeat => heartbeat.Busy is null);
        agent.Tell(new ToDevice.AttemptAnswer(First, ResultAnswer.Superseded), Coordinator);
        agent.Tell(Sample.RunCell(First), Coordinator);
        await MeasureAsync(agent, Second);

        Assert.Equal([First, Second], Measurements.Begun);
        Assert.Equal([First], Measurements.Stopped);
    }

    [Fact]
    public async Task A_stop_that_overtakes_its_assignment_counts()
    {
        var (agent, _) = await StartRegisteredAsync();

        agent.Tell(new ToDevice.StopAttempt(First, "cancelled"), Coordinator);
        agent.Tell(Sample.RunCell(First), Coordinator);

        Assert.Equal(First, (await HearAsync<FromDevice.AttemptFailed>()).Attempt);
        await MeasureAsync(agent, Second);
        Assert.Equal([Second], Measurements.Begun);
    }

    [Fact]
    public async Task Stopping_works_while_files_are_fetched()
    {
        Transfer.MayFetch = new TaskCompletionSource().Task;
        var (agent, _) = await StartRegisteredAsync();
        agent.Tell(Sample.RunCell(First), Coordinator);
        await HearAsync<FromDevice.AttemptStarted>();

        agent.Tell(new ToDevice.StopAttempt(First, "cancelled"), Coordinator);

        await HearAsync<FromDevice.Heartbeat>(heartbeat => heartbeat.Busy is null);
        Assert.Empty(Measurements.Begun);
        Assert.Empty(Held.All);
    }

    [Fact]
    public async Task A_file_that_cannot_be_fetched_fails_the_attempt_with_the_reason()
    {
        Transfer.FetchProblem = "the server has no such artifact";
        var (agent, _) = await StartRegisteredAsync();

        agent.Tell(Sample.RunCell(First), Coordinator);

        var failed = await HearAsync<FromDevice.AttemptFailed>();
        Assert.Equal(FailureKind.ImageNotLoaded, failed.Failure.Kind);
        Assert.Contains("the server has no such artifact", failed.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_in_the_node_itself_fails_the_attempt_and_the_node_lives_on()
    {
        var (agent, _) = await StartRegisteredAsync();
        Measurements.Fault = new InvalidOperationException("boom");

        agent.Tell(Sample.RunCell(First), Coordinator);

        var failed = await HearAsync<FromDevice.AttemptFailed>();
        Assert.Equal((First, FailureKind.Internal), (failed.Attempt, failed.Failure.Kind));
        Assert.Contains(Printed.Lines, line => line.Contains("boom", StringComparison.Ordinal));
        Measurements.Fault = null;
        await MeasureAsync(agent, Second);
    }
}

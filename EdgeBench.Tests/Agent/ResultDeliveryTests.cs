using EdgeBench.EdgeNode.Agent;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Agent;

public class ResultDeliveryTests : AgentBench
{
    private static readonly AttemptId Attempt = Sample.Attempt(1);
    private static readonly AttemptOutcome Outcome = Sample.Measured(10, 20, 30);

    [Fact]
    public async Task The_raw_samples_are_uploaded_before_the_result_is_sent()
    {
        Transfer.UploadProblems.Enqueue("the server is away");
        var (agent, _) = await StartRegisteredAsync();
        await MeasureAsync(agent, Attempt);

        Measurements.End(Attempt, Outcome);

        var measured = await HearAsync<FromDevice.AttemptMeasured>();
        Assert.Equal([measured.Result.Raw], Transfer.Uploads);
        Assert.Empty(Transfer.UploadProblems);
    }

    [Theory]
    [InlineData(ResultAnswer.Stored)]
    [InlineData(ResultAnswer.Superseded)]
    [InlineData(ResultAnswer.Unknown)]
    public async Task A_result_is_sent_until_its_answer_is_final_and_then_forgotten(ResultAnswer answer)
    {
        var (agent, _) = await StartRegisteredAsync();
        await MeasureAsync(agent, Attempt);
        Measurements.End(Attempt, Outcome);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Outcome.Result, (await HearAsync<FromDevice.AttemptMeasured>()).Result);
            Assert.Equal([Attempt], Outcomes.All);
        }

        agent.Tell(new ToDevice.AttemptAnswer(Attempt, answer), Coordinator);

        await Wait.UntilAsync(() => Outcomes.All.Count == 0, "the end of the delivery");
        agent.Tell(new ToDevice.AttemptAnswer(Attempt, answer), Coordinator);
        agent.Tell(Sample.RunCell(Attempt), Coordinator);
        await MeasureAsync(agent, Sample.Attempt(2));
        Assert.Equal([Attempt, Sample.Attempt(2)], Measurements.Begun);
    }

    [Fact]
    public async Task A_failure_is_sent_until_its_answer_is_final_too()
    {
        var (agent, _) = await StartRegisteredAsync();
        await MeasureAsync(agent, Attempt);
        Measurements.End(Attempt, AttemptOutcome.Failed(FailureKind.OutOfMemory, "too large"));

        Assert.Equal("too large", (await HearAsync<FromDevice.AttemptFailed>()).Failure.Message);
        await HearAsync<FromDevice.AttemptFailed>();
        agent.Tell(new ToDevice.AttemptAnswer(Attempt, ResultAnswer.Stored), Coordinator);

        await Wait.UntilAsync(() => Outcomes.All.Count == 0, "the end of the delivery");
        Assert.Empty(Transfer.Uploads);
    }

    [Fact]
    public async Task Missing_samples_are_uploaded_again_and_then_the_result_is_sent_again()
    {
        var (agent, _) = await StartRegisteredAsync();
        await MeasureAsync(agent, Attempt);
        Measurements.End(Attempt, Outcome);
        await HearAsync<FromDevice.AttemptMeasured>();

        agent.Tell(new ToDevice.AttemptAnswer(Attempt, ResultAnswer.Missing, Outcome.Result!.Raw), Coordinator);

        await Wait.UntilAsync(() => Transfer.Uploads.Count == 2, "the second upload");
        await HearAsync<FromDevice.AttemptMeasured>();
        Assert.Equal([Attempt], Outcomes.All);
    }

    [Fact]
    public async Task What_an_earlier_process_left_in_the_spool_is_held_and_delivered_to_its_own_server_only()
    {
        var other = Sample.Attempt(2);
        Outcomes.Keep(Sample.Server, Attempt, Outcome);
        Outcomes.Keep(Sample.OtherServer, other, Outcome);
        var agent = StartAgent();
        var register = await HearAsync<FromDevice.Register>();
        Assert.Equal([Attempt, other], register.Holding.OrderBy(held => held.Cell.Number));

        agent.Tell(Answer(register), Coordinator);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Attempt, (await HearAsync<FromDevice.AttemptMeasured>()).Attempt);
        }

        agent.Tell(new ToDevice.AttemptAnswer(Attempt, ResultAnswer.Superseded), Coordinator);
        await Wait.UntilAsync(() => Outcomes.All.SequenceEqual([other]), "the end of the delivery");
    }

    [Fact]
    public async Task A_cell_whose_result_waits_is_not_measured_again_but_reported()
    {
        Outcomes.Keep(Sample.Server, Attempt, Outcome);
        var (agent, _) = await StartRegisteredAsync(Attempt);

        agent.Tell(Sample.RunCell(Attempt), Coordinator);

        await HearAsync<FromDevice.AttemptStarted>();
        await HearAsync<FromDevice.AttemptMeasured>();
        Assert.Empty(Measurements.Begun);
    }

    [Fact]
    public async Task One_result_that_cannot_be_uploaded_does_not_hold_up_the_others()
    {
        for (var i = 0; i < 3; i++)
        {
            Outcomes.Keep(Sample.Server, Sample.Attempt(i + 1), Sample.Measured(i + 1));
        }

        Transfer.UploadProblems.Enqueue("too large");
        await StartRegisteredAsync();

        var delivered = new HashSet<AttemptId>();
        while (delivered.Count < 3)
        {
            delivered.Add((await HearAsync<FromDevice.AttemptMeasured>()).Attempt);
        }

        Assert.Single(Printed.Lines, line => line.EndsWith("are not on the server yet: too large", StringComparison.Ordinal));
    }
}

using EdgeBench.Messages.Devices;

namespace EdgeBench.Tests.Agent;

public class WatchdogTests : AgentBench
{
    public WatchdogTests() => Settings = Settings with
    {
        RegisterEvery = TimeSpan.FromMilliseconds(20),
        UnansweredRegistrations = 5,
        UnansweredHeartbeats = 5,
    };

    [Fact]
    public async Task Registrations_without_any_answer_count_as_a_lost_server()
    {
        StartAgent();

        await Wait.UntilAsync(() => Lost is ["the server has not answered 5 registrations", ..], "the loss");
    }

    [Fact]
    public async Task Heartbeats_without_an_answer_count_as_a_lost_server()
    {
        await StartRegisteredAsync();

        await Wait.UntilAsync(() => Lost is ["the server has not answered 5 heartbeats", ..], "the loss");
    }

    [Fact]
    public async Task Answered_heartbeats_count_even_when_some_answers_are_lost_doubled_or_late()
    {
        var (agent, session) = await StartRegisteredAsync();
        for (long number = 1; number <= 20; number++)
        {
            await HearAsync<FromDevice.Heartbeat>(heartbeat => heartbeat.Number == number);
            if (number % 3 == 0)
            {
                agent.Tell(new ToDevice.HeartbeatAck(session, number, Incarnation), Coordinator);
                agent.Tell(new ToDevice.HeartbeatAck(session, 1, Incarnation), Coordinator);
                agent.Tell(new ToDevice.HeartbeatAck(Guid.Empty, number, Incarnation + 1), Coordinator);
            }
        }

        Assert.Empty(Lost);
    }

    [Fact]
    public async Task Another_incarnation_in_an_answer_is_a_restarted_server()
    {
        var (agent, session) = await StartRegisteredAsync();

        agent.Tell(new ToDevice.HeartbeatAck(session, 1, Incarnation + 1), Coordinator);

        await Wait.UntilAsync(() => Lost is ["the server was restarted", ..], "the loss");
    }

    [Fact]
    public async Task Another_incarnation_in_a_registration_is_a_restarted_server()
    {
        var (agent, session) = await StartRegisteredAsync();
        agent.Tell(new ToDevice.RegisterAgain(session), Coordinator);
        var again = await HearAsync<FromDevice.Register>();

        agent.Tell(Answer(again) with { Incarnation = Incarnation + 1 }, Coordinator);

        await Wait.UntilAsync(() => Lost is ["the server was restarted", ..], "the loss");
    }

    [Fact]
    public async Task A_rebuilt_agent_finds_the_measurement_again_and_reports_its_result()
    {
        var attempt = Sample.Attempt(1);
        var (first, _) = await StartRegisteredAsync();
        await MeasureAsync(first, attempt);
        await StopAsync(first);
        Assert.Empty(Measurements.Stopped);

        var second = StartAgent();
        var register = await HearAsync<FromDevice.Register>(register => register.Holding.Contains(attempt));
        second.Tell(Answer(register, attempt), Coordinator);
        await HearAsync<FromDevice.Heartbeat>(heartbeat => heartbeat.Session == register.Session && heartbeat.Busy == attempt);
        Measurements.End(attempt, Sample.Measured(3, 4));

        Assert.Equal(attempt, (await HearAsync<FromDevice.AttemptMeasured>()).Attempt);
        Assert.Equal([attempt], Measurements.Begun);
    }

    [Fact]
    public async Task What_ended_while_there_was_no_ActorSystem_is_reported_by_the_next_one()
    {
        var attempt = Sample.Attempt(1);
        var (first, _) = await StartRegisteredAsync();
        await MeasureAsync(first, attempt);
        await StopAsync(first);
        Measurements.End(attempt, Sample.Measured(3, 4));

        var second = StartAgent();
        var register = await HearAsync<FromDevice.Register>(register => register.Holding.Contains(attempt));
        second.Tell(Answer(register, attempt), Coordinator);

        Assert.Equal(attempt, (await HearAsync<FromDevice.AttemptMeasured>()).Attempt);
    }

    [Fact]
    public async Task Fetching_goes_on_in_a_rebuilt_agent()
    {
        var attempt = Sample.Attempt(1);
        Transfer.MayFetch = new TaskCompletionSource().Task;
        var (first, _) = await StartRegisteredAsync();
        first.Tell(Sample.RunCell(attempt), Coordinator);
        await HearAsync<FromDevice.AttemptStarted>();
        await StopAsync(first);
        Assert.Empty(Measurements.Begun);

        Transfer.MayFetch = Task.CompletedTask;
        var second = StartAgent();
        var register = await HearAsync<FromDevice.Register>(register => register.Holding.Contains(attempt));
        second.Tell(Answer(register, attempt), Coordinator);

        await Wait.UntilAsync(() => Measurements.IsFollowed(attempt), "the measurement");
        Assert.Equal([attempt], Measurements.Begun);
    }
}

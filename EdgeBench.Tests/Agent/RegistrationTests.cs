using Akka.Actor;
using Akka.Remote;
using EdgeBench.EdgeNode.Agent;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Devices;

namespace EdgeBench.Tests.Agent;

public class RegistrationTests : AgentBench
{
    [Fact]
    public async Task It_registers_until_it_is_answered_and_then_sends_heartbeats()
    {
        var agent = StartAgent();
        var first = await HearAsync<FromDevice.Register>();
        var second = await HearAsync<FromDevice.Register>();

        Assert.Equal(first with { Holding = second.Holding }, second);
        Assert.Equal(("board", "secret", 2), (first.Name.Value, first.Token, first.Description.Cores));
        Assert.Empty(first.Holding);

        agent.Tell(Answer(second), Coordinator);
        var heartbeat = await HearAsync<FromDevice.Heartbeat>();
        Assert.Equal((second.Session, 1L, null), (heartbeat.Session, heartbeat.Number, heartbeat.Busy));
        Assert.Equal(2, (await HearAsync<FromDevice.Heartbeat>()).Number);
    }

    [Fact]
    public async Task A_change_of_what_can_move_a_latency_is_told_by_the_next_heartbeats()
    {
        var agent = StartAgent();
        var register = await HearAsync<FromDevice.Register>();
        agent.Tell(Answer(register), Coordinator);
        var before = await HearAsync<FromDevice.Heartbeat>();

        Device.Host = Sha256.Of("the host with another governor"u8);

        Assert.Equal(register.Description.Host, before.Host);
        await HearAsync<FromDevice.Heartbeat>(heartbeat => heartbeat.Host == Device.Host);
    }

    [Fact]
    public async Task A_refusal_is_said_once_in_half_a_minute_and_the_agent_goes_on_asking()
    {
        var agent = StartAgent();
        for (var i = 0; i < 3; i++)
        {
            var register = await HearAsync<FromDevice.Register>();
            agent.Tell(new ToDevice.RegistrationRefused(register.Session, "the name is taken: use --name"), Coordinator);
        }

        await RegisterAsync(agent);
        Assert.Single(Printed.Lines, line => line == "Warning: the server refuses this device: the name is taken: use --name");
        Assert.Empty(Lost);
    }

    [Fact]
    public async Task Asked_to_register_again_it_does_so_under_a_new_session_with_all_that_it_holds()
    {
        var (agent, session) = await StartRegisteredAsync();
        await MeasureAsync(agent, Sample.Attempt(1));

        agent.Tell(new ToDevice.RegisterAgain(session), Coordinator);

        var register = await HearAsync<FromDevice.Register>();
        Assert.NotEqual(session, register.Session);
        Assert.Equal([Sample.Attempt(1)], register.Holding);
    }

    [Fact]
    public async Task A_late_answer_to_an_older_registration_stops_nothing()
    {
        var agent = StartAgent();
        var first = await HearAsync<FromDevice.Register>();
        agent.Tell(Answer(first), Coordinator);
        await MeasureAsync(agent, Sample.Attempt(1));
        agent.Tell(new ToDevice.RegisterAgain(first.Session), Coordinator);
        var again = await HearAsync<FromDevice.Register>();

        // Doubled on the way: it does not know of the attempt.
        agent.Tell(Answer(first), Coordinator);
        agent.Tell(Answer(again, Sample.Attempt(1)), Coordinator);
        agent.Tell(Answer(again), Coordinator);

        await HearAsync<FromDevice.Heartbeat>(heartbeat => heartbeat.Session == again.Session && heartbeat.Busy == Sample.Attempt(1));
        Assert.Empty(Measurements.Stopped);
    }

    [Fact]
    public async Task What_the_registration_does_not_confirm_is_stopped_and_only_when_it_is_gone_the_device_is_idle()
    {
        var gone = new TaskCompletionSource();
        var (old, session) = await StartRegisteredAsync();
        await MeasureAsync(old, Sample.Attempt(1));
        Measurements.MayGo = gone.Task;

        old.Tell(new ToDevice.RegisterAgain(session), Coordinator);
        var register = await HearAsync<FromDevice.Register>();
        old.Tell(Answer(register), Coordinator);

        for (var i = 0; i < 3; i++)
        {
            var heartbeat = await HearAsync<FromDevice.Heartbeat>(heartbeat => heartbeat.Session == register.Session);
            Assert.Equal(Sample.Attempt(1), heartbeat.Busy);
        }

        gone.SetResult();
        await HearAsync<FromDevice.Heartbeat>(heartbeat => heartbeat.Busy is null);
        Assert.Equal([Sample.Attempt(1)], Measurements.Stopped);
        Assert.Empty(Held.All);
    }

    [Fact]
    public async Task An_attempt_of_another_server_is_stopped_whatever_is_confirmed()
    {
        Held.Add(Sample.RunCell(Sample.Attempt(1)) with { Server = Sample.OtherServer });

        await StartRegisteredAsync(Sample.Attempt(1));

        await Wait.UntilAsync(() => Measurements.Stopped.Count == 1, "the stop");
        Assert.Empty(Measurements.Begun);
    }

    [Fact]
    public async Task A_problem_of_the_engine_shows_in_the_registration_and_in_heartbeats_until_it_is_over()
    {
        Device.Problem = "the engine is stopped: start it";
        var agent = StartAgent();
        var register = await HearAsync<FromDevice.Register>();
        Assert.Equal(Device.Problem, register.Description.Problem);
        agent.Tell(Answer(register), Coordinator);
        await HearAsync<FromDevice.Heartbeat>(heartbeat => heartbeat.Problem == "the engine is stopped: start it");

        Device.Problem = null;

        await HearAsync<FromDevice.Heartbeat>(heartbeat => heartbeat.Problem is null);
        Assert.Single(Printed.Lines, line => line == "Warning: nothing can be measured now: the engine is stopped: start it");
    }

    [Fact]
    public async Task Leaving_says_goodbye_and_ends_when_what_ran_is_gone()
    {
        var gone = new TaskCompletionSource();
        Measurements.MayGo = gone.Task;
        var (agent, session) = await StartRegisteredAsync();
        await MeasureAsync(agent, Sample.Attempt(1));

        var left = agent.Ask<DeviceAgent.Left>(DeviceAgent.Leave.Instance, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal(session, (await HearAsync<FromDevice.Leaving>()).Session);
        Assert.False(left.IsCompleted);
        gone.SetResult();
        await left;
        Assert.Equal([Sample.Attempt(1)], Measurements.Stopped);
    }

    [Fact]
    public async Task Shut_out_by_the_server_it_asks_for_a_new_ActorSystem()
    {
        await StartRegisteredAsync();

        Sys.EventStream.Publish(new ThisActorSystemQuarantinedEvent(
            Address.Parse("akka.tcp://edgebench@board:1"), Address.Parse("akka.tcp://edgebench@server:2")));

        await Wait.UntilAsync(
            () => Lost is [var reason] && reason.Contains("shut this node's ActorSystem out", StringComparison.Ordinal), "the loss");
    }
}

using System.Globalization;
using CsCheck;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Cluster.Protocol;

/// <summary>
/// Generated sequences of what users, devices, the network and crashes may do, against the safety rules of docs/failure-modes.md.
/// </summary>
public sealed class ProtocolTests
{
    private const int Devices = 2;
    private const int Tasks = 3;
    private const int Sequences = 2000;
    private const string SeedVariable = "EDGEBENCH_PROTOCOL_SEED";

    /// <summary>Sequences in which now and then something fails, and such in which devices fail all the time.</summary>
    private static readonly Gen<Step[]>[] Steps = [StepsWith(1), StepsWith(15)];

    private enum Kind
    {
        Submit, Cancel, Inside, InsideTaskFirst, Convert, ToServer, ToDevice, DeviceTick, Finish, SendSpool, LoseToServer, LoseToDevice,
        DoubleToServer, DoubleToDevice, LateToServer, LateToDevice, RestartServer, RestartEdge,
        RebuildEdge, BreakTask, ShortTime, LongTime, Problem, Settle,
    }

    [Fact]
    public void Whatever_happens_the_safety_rules_hold_and_every_accepted_task_ends_once_it_is_calm()
    {
        var seed = ulong.Parse(Environment.GetEnvironmentVariable(SeedVariable) ?? "8", CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Sequences} sequences from seed {seed}; set {SeedVariable} to a number for others");
        int counted = 0, retried = 0, exhausted = 0, superseded = 0, reused = 0;
        for (var sequence = 0u; sequence < Sequences; sequence++)
        {
            var steps = Steps[sequence % Steps.Length].Generate(new PCG(sequence + 1, seed), null, out _);
            if (Failure(steps, out var world) is not { } failure)
            {
                var states = world.Accepted.Select(task => world[task]).ToList();
                counted += states.Sum(state => state.Cells.Count(cell => cell.Phase == CellPhase.Measured));
                retried += states.Sum(state => state.Cells.Count(cell => cell.Attempts > 1));
                exhausted += states.Sum(state => state.Cells.Count(cell => cell.Failure?.Kind == FailureKind.Lost));
                superseded += states.Sum(state => state.Superseded.Count);
                reused += world.Reused;
                continue;
            }

            var least = Shrink(steps);
            Assert.Fail(
                $"sequence {sequence} of seed {seed}: {Failure(least, out _) ?? failure}\n{string.Join('\n', least.AsEnumerable())}");
        }

        var reached = $"{counted} cells measured, {retried} tried again, {exhausted} lost for good, {superseded} results superseded, {reused} lent";
        TestContext.Current.TestOutputHelper?.WriteLine(reached);
        // The sequences must reach what they are there to check.
        Assert.True(counted > Sequences / 2 && retried > Sequences / 20 && exhausted > 10 && superseded > Sequences / 100
            && reused > Sequences / 100, reached);
    }

    private static Gen<Step[]> StepsWith(int edgeFailures) => Gen.Select(
        Gen.Frequency(
            (6, Gen.Const(Kind.Submit)),
            (3, Gen.Const(Kind.Cancel)),
            (12, Gen.Const(Kind.Settle)),
            (40, Gen.Const(Kind.Inside)),
            (10, Gen.Const(Kind.InsideTaskFirst)),
            (12, Gen.Const(Kind.Convert)),
            (40, Gen.Const(Kind.ToServer)),
            (40, Gen.Const(Kind.ToDevice)),
            (25, Gen.Const(Kind.DeviceTick)),
            (15, Gen.Const(Kind.Finish)),
            (4, Gen.Const(Kind.SendSpool)),
            (1, Gen.Const(Kind.LoseToServer)),
            (1, Gen.Const(Kind.LoseToDevice)),
            (1, Gen.Const(Kind.DoubleToServer)),
            (1, Gen.Const(Kind.DoubleToDevice)),
            (1, Gen.Const(Kind.LateToServer)),
            (1, Gen.Const(Kind.LateToDevice)),
            (1, Gen.Const(Kind.RestartServer)),
            (edgeFailures, Gen.Const(Kind.RestartEdge)),
            (1, Gen.Const(Kind.RebuildEdge)),
            (1, Gen.Const(Kind.BreakTask)),
            (5, Gen.Const(Kind.ShortTime)),
            (1, Gen.Const(Kind.LongTime)),
            (1, Gen.Const(Kind.Problem))),
        Gen.Int[0, 99],
        (kind, number) => new Step(kind, number)).Array[40, 250];

    private static string? Failure(Step[] steps, out World world)
    {
        world = new World(Devices);
        try
        {
            foreach (var step in steps)
            {
                Play(world, step);
            }

            Calm(world);
            return null;
        }
        catch (Exception exception)
        {
            return exception.Message;
        }
    }

    private static Step[] Shrink(Step[] steps)
    {
        for (var index = steps.Length - 1; index >= 0; index--)
        {
            Step[] fewer = [.. steps[..index], .. steps[(index + 1)..]];
            if (Failure(fewer, out _) is not null)
            {
                steps = fewer;
            }
        }

        return steps;
    }

    private static void Play(World world, Step step)
    {
        var device = world.Devices[step.Number % Devices];
        var key = KeyOf(step.Number % Tasks);
        switch (step.Kind)
        {
            case Kind.Submit:
                world.Submit(key, 1 + (step.Number % 2), 1 + (step.Number / 10 % 3));
                break;
            case Kind.Cancel:
                world.Cancel(key);
                break;
            case Kind.Settle:
                Settle(world);
                break;
            case Kind.Inside:
                world.StepInside();
                break;
            case Kind.InsideTaskFirst:
                world.StepTaskFirst();
                break;
            case Kind.Convert:
                world.FinishConversion(step.Number % 10 != 0);
                break;
            case Kind.ToServer when device.Outbound.TryTake(out var message):
                world.Hear(message);
                break;
            case Kind.ToDevice:
                device.Receive();
                break;
            case Kind.DeviceTick:
                device.Tick();
                break;
            case Kind.Finish:
                device.Finish(step.Number / 10);
                break;
            case Kind.SendSpool:
                device.SendSpool();
                break;
            case Kind.LoseToServer:
                device.Outbound.Lose();
                break;
            case Kind.LoseToDevice:
                device.Inbound.Lose();
                break;
            case Kind.DoubleToServer:
                device.Outbound.Double();
                break;
            case Kind.DoubleToDevice:
                device.Inbound.Double();
                break;
            case Kind.LateToServer when device.Outbound.TryTakeLate(step.Number, out var late):
                world.Hear(late);
                break;
            case Kind.LateToDevice:
                device.ReceiveLate(step.Number);
                break;
            case Kind.RestartServer:
                world.RestartServer();
                break;
            case Kind.RestartEdge:
                device.RestartProcess();
                break;
            case Kind.RebuildEdge:
                device.RebuildSystem();
                break;
            case Kind.BreakTask:
                world.BreakTask(key);
                break;
            case Kind.ShortTime:
                world.Pass(TimeSpan.FromSeconds(3));
                break;
            case Kind.LongTime:
                world.Pass(World.LostAfter + TimeSpan.FromSeconds(20));
                break;
            case Kind.Problem:
                device.Problem = device.Problem is null ? "the engine does not answer" : null;
                break;
        }
    }

    /// <summary>All that is under way arrives.</summary>
    private static void Settle(World world)
    {
        world.FinishConversion(isAccepted: true);
        for (var round = 0; round < 6; round++)
        {
            while (world.StepInside())
            {
            }

            foreach (var device in world.Devices)
            {
                device.Receive();
                if (device.Outbound.TryTake(out var message))
                {
                    world.Hear(message);
                }
            }
        }
    }

    /// <summary>Nothing fails any more: within a bounded time every accepted task ends.</summary>
    private static void Calm(World world)
    {
        foreach (var device in world.Devices)
        {
            device.Problem = null;
        }

        for (var round = 0; round < 100; round++)
        {
            foreach (var device in world.Devices)
            {
                device.Tick();
                device.SendSpool();
                while (device.Outbound.TryTake(out var message))
                {
                    world.Hear(message);
                }
            }

            world.FinishConversion(isAccepted: true);
            while (world.StepInside())
            {
            }

            foreach (var device in world.Devices)
            {
                for (var count = 0; count < 20; count++)
                {
                    device.Receive();
                }

                device.Finish(9);
            }

            world.Pass(TimeSpan.FromSeconds(2));
            if (round > 10 && world.Accepted.All(task => world[task].Outcome is not null))
            {
                return;
            }
        }

        var open = world.Accepted.Where(task => world[task].Outcome is null)
            .SelectMany(task => world[task].Cells)
            .Where(cell => !cell.HasEnded);
        Assert.Fail($"a cell never ends: {string.Join(", ", open.Select(cell => $"{cell.Cell.Id} {cell.Phase} {cell.Attempts}"))}");
    }

    private static TaskKey KeyOf(int number) => new($"key-{number}");

    private sealed record Step(Kind Kind, int Number);
}

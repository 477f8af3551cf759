using EdgeBench.Cluster.Devices;
using EdgeBench.Cluster.Tasks;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Cluster;

/// <summary>A conversion on the machine that measures would be in the latencies.</summary>
public sealed class SharedMachineTests
{
    private const string Here = "f0a1";

    private static readonly DateTimeOffset Now = Messages.Samples.At;

    [Theory]
    [InlineData(Here, true)]
    [InlineData("the boot of a board", false)]
    [InlineData(null, false)]
    public void A_device_on_the_servers_machine_begins_no_cell_while_a_model_is_being_converted(string? boot, bool waits)
    {
        var step = WithDevice(boot).Reported(1, Report(isConverting: true), Now);

        Assert.Equal(waits, !IsAssigned(step));

        var later = step.Dispatch.Reported(1, Report(isConverting: false), Now);

        Assert.Equal(waits, IsAssigned(later));
    }

    [Fact]
    public void Models_of_other_tasks_count_as_well()
    {
        var other = Report(isConverting: true) with { Task = TaskId.Of(new TaskKey("another")), Waiting = [] };

        var step = WithDevice(Here).Reported(1, other, Now).Dispatch.Reported(2, Report(isConverting: false), Now);

        Assert.False(IsAssigned(step));
        Assert.True(IsAssigned(step.Dispatch.Reported(1, other with { IsConverting = false, HasEnded = true }, Now)));
    }

    [Fact]
    public void A_task_is_converting_until_each_wanted_model_is_there_or_refused()
    {
        var state = TaskState.Replay(
        [
            new TaskEvents.Submitted(
                Messages.Samples.Task, Messages.Samples.Key, Messages.Samples.Request, [Messages.Samples.Cell], "1", Now),
        ]);

        Assert.True(TaskReport.Of(Messages.Samples.Task, state).IsConverting);

        var converted = state.Apply(new TaskEvents.ModelConverted(0, Messages.Samples.Converted, Now));

        Assert.False(TaskReport.Of(Messages.Samples.Task, converted).IsConverting);
    }

    private static Dispatch WithDevice(string? boot)
    {
        var dispatch = new Dispatch
        {
            Settings = new DispatchSettings
            {
                Boot = Here,
                FindImage = (_, _) => Messages.Samples.Image,
                FindImages = _ => [],
                ImageMissing = (_, _) => "",
            },
            Server = new ServerId(Guid.NewGuid()),
            Incarnation = 1,
        };
        var description = Messages.Samples.Description with { Problem = null, Boot = boot };
        var session = Guid.NewGuid();
        return dispatch
            .Register(new FromDevice.Register(Messages.Samples.Device, session, new DeviceName("pi-4"), description, [], "token"), Now)
            .Dispatch.Beat(new FromDevice.Heartbeat(Messages.Samples.Device, session, 0, null, null), Now).Dispatch;
    }

    private static TaskReport Report(bool isConverting) => new(
        Messages.Samples.Task,
        [new WaitingCell(Messages.Samples.CellOne, Messages.Samples.Device, "onnxruntime")],
        [],
        HasEnded: false,
        [])
    {
        IsConverting = isConverting,
    };

    private static bool IsAssigned(DispatchStep step) =>
        step.Effects.Any(effect => effect is DispatchEffect.TellTask { Command: TaskCommand.Assign });
}

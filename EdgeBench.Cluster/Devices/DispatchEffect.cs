using EdgeBench.Cluster.Tasks;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Devices;

/// <summary>What is to be done after a step of the dispatch, in order.</summary>
internal abstract record DispatchEffect
{
    /// <summary>Tell a device.</summary>
    public sealed record TellDevice(DeviceId Device, IToDevice Message) : DispatchEffect;

    /// <summary>Tell a task.</summary>
    /// <param name="Task">The task.</param>
    /// <param name="Command">What it is told.</param>
    /// <param name="Device">The device that waits for what becomes of it, or null where none does.</param>
    public sealed record TellTask(TaskId Task, TaskCommand Command, DeviceId? Device = null) : DispatchEffect;

    /// <summary>Ask a task to lend a result.</summary>
    public sealed record AskForResult(TaskMessages.Lend Question) : DispatchEffect;

    /// <summary>Take the device's node out of the cluster: it has been silent for too long.</summary>
    public sealed record DownNode(DeviceId Device) : DispatchEffect;
}

using EdgeBench.Messages.Devices;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>The device that the agent speaks for.</summary>
internal interface IDevice
{
    /// <summary>What it is now, with what keeps it from measuring.</summary>
    Task<DeviceDescription> DescribeAsync(CancellationToken cancellation);
}

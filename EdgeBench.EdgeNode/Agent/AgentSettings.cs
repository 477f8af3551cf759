using EdgeBench.Messages.Devices;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>Who a device agent is and how patient.</summary>
internal sealed record AgentSettings
{
    public required DeviceId Device { get; init; }

    public required DeviceName Name { get; init; }

    public required string Token { get; init; }

    /// <summary>How often it registers until it is answered.</summary>
    public TimeSpan RegisterEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After so many registrations without any answer the server counts as lost.</summary>
    public int UnansweredRegistrations { get; init; } = 10;

    /// <summary>After so many heartbeats without an answer the server counts as lost.</summary>
    public int UnansweredHeartbeats { get; init; } = 5;

    /// <summary>How often the device is described anew, so that a stopped engine shows.</summary>
    public TimeSpan DescribeEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often at most progress is told.</summary>
    public TimeSpan ProgressEvery { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often an outcome is sent until its answer is final.</summary>
    public TimeSpan ResendEvery { get; init; } = TimeSpan.FromSeconds(5);
}

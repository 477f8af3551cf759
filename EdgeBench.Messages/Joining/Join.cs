using EdgeBench.Messages.Devices;

namespace EdgeBench.Messages.Joining;

/// <summary>What a node tells the server's <c>/join</c> before it joins the cluster.</summary>
/// <param name="AkkaAddress">The node's own Akka address, or null where it is a client, which nobody dials.</param>
/// <param name="Device">The edge node's identity, or null for a client.</param>
/// <param name="Name">The edge node's name, or null for a client.</param>
/// <param name="Version">The node's version.</param>
public sealed record JoinRequest(string? AkkaAddress, DeviceId? Device, DeviceName? Name, string Version);

/// <summary>What <c>/join</c> answers.</summary>
/// <param name="AkkaAddress">The server's Akka address, which is the only one it has: by its public host name.</param>
/// <param name="Version">The server's version.</param>
/// <param name="DialBack">Why the server cannot reach the node's Akka address, or null where it can.</param>
public sealed record JoinAnswer(string AkkaAddress, string Version, string? DialBack);

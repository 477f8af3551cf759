using EdgeBench.EdgeNode.Artifacts;
using EdgeBench.EdgeNode.Images;
using Microsoft.Extensions.Logging;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>What the process gives to each device agent, and what outlives it.</summary>
/// <param name="Device">The device.</param>
/// <param name="Artifacts">Brings artifacts from and to the server.</param>
/// <param name="Images">Gets images ready while the device is idle.</param>
/// <param name="Measurements">The measurements of this process.</param>
/// <param name="Held">The attempts that this process has taken.</param>
/// <param name="Outcomes">The outcomes that no server has confirmed.</param>
/// <param name="Time">The clock of time limits and notices.</param>
/// <param name="Log">What people read.</param>
internal sealed record AgentParts(
    IDevice Device,
    IArtifactTransfer Artifacts,
    IImagePreparation Images,
    IMeasurements Measurements,
    HeldAttempts Held,
    IOutcomes Outcomes,
    TimeProvider Time,
    ILogger Log);

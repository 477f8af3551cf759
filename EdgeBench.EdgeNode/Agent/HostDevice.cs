using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Joining;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.EdgeNode.Observation;
using EdgeBench.Messages.Devices;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>The host that this process runs on, and its container engine.</summary>
/// <param name="facts">What was read when the process started.</param>
/// <param name="isolation">How it measures.</param>
/// <param name="engine">The engine, where it measures in containers.</param>
/// <param name="machine">Reads the facts that must hold for a result to be used again, or null where nothing is.</param>
internal sealed class HostDevice(DeviceFacts facts, Isolation isolation, ContainerEngine? engine, IMachine? machine) : IDevice
{
    private static readonly TimeSpan EnginePatience = TimeSpan.FromSeconds(10);

    public async Task<DeviceDescription> DescribeAsync(CancellationToken cancellation)
    {
        var (engineFacts, problem) = engine is null ? (null, null) : await ProbeAsync(engine, cancellation).ConfigureAwait(false);
        return new DeviceDescription
        {
            Architecture = facts.Architecture,
            Kind = facts.Kind,
            Isolation = OutcomeTranslation.NameOf(isolation),
            Problem = problem,
            Board = facts.BoardModel.Value,
            Processor = OutcomeTranslation.ProcessorOf(facts),
            Cores = facts.OnlineCpus.Value?.Count ?? Environment.ProcessorCount,
            MemoryBytes = facts.TotalMemory.Value?.Bytes,
            OperatingSystem = facts.OperatingSystem.Value,
            Kernel = facts.Kernel.Value,
            Engine = engineFacts is null ? null : $"{engineFacts.Name} {engineFacts.Version}",
            EdgeVersion = NodeVersion.Current,
            Host = machine is null || problem is not null ? null : HostIdentity.Of(machine.WatchFacts(engineFacts)),
            Boot = MachineBoot.Current,
        };
    }

    private static async Task<(EngineFacts? Facts, string? Problem)> ProbeAsync(ContainerEngine engine, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(EnginePatience);
        try
        {
            var state = await engine.ProbeAsync(limit.Token).ConfigureAwait(false);
            return (state.Facts, state.Problem?.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, $"the container engine has not answered within {EnginePatience.TotalSeconds:0} s; restart it");
        }
    }
}

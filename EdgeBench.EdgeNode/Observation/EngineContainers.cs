using Docker.DotNet.Models;
using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;

namespace EdgeBench.EdgeNode.Observation;

/// <summary>The containers of the engine that measures.</summary>
/// <param name="engine">The engine, or null where child processes measure.</param>
internal sealed class EngineContainers(ContainerEngine? engine) : IOtherContainers
{
    public async Task<Fact<IReadOnlyList<string>>> RunningAsync(string attempt, CancellationToken cancellation)
    {
        if (engine is null)
        {
            return Fact.Missing<IReadOnlyList<string>>("no container engine is used, so none is asked");
        }

        try
        {
            var running = await engine.AskAsync(
                "list containers",
                InferenceFailureKind.Lost,
                (client, stop) => client.Containers.ListContainersAsync(new ContainersListParameters(), stop),
                cancellation).ConfigureAwait(false);
            var others = from container in running
                         where container.Labels?.TryGetValue(Sandbox.AttemptLabel, out var owner) is not true || owner != attempt
                         let name = container.Names?.FirstOrDefault()?.TrimStart('/') ?? container.ID[..12]
                         select $"{name} ({container.Image})";
            return Fact.Known<IReadOnlyList<string>>([.. others.Order(StringComparer.Ordinal)]);
        }
        catch (InferenceFailedException problem)
        {
            return Fact.Missing<IReadOnlyList<string>>(problem.Message);
        }
    }
}
